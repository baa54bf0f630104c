"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from jobs import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huleedu.settings")

application = get_wsgi_application()
len(get_resolver().url_patterns)  # loads every page now, so that no first visitor waits for it
memory.keep_what_is_loaded()
request_finished.connect(memory.give_back_now_and_then)
