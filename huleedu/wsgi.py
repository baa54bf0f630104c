"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huleedu.settings")

application = get_wsgi_application()
len(get_resolver().url_patterns)  # loads every page now, so that no first visitor waits for it
gc.collect()
gc.freeze()  # what is loaded now stays; the collector need not look at it again and again
gc.set_threshold(settings.GARBAGE_AFTER)
