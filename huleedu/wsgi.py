"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huleedu.settings")

application = get_wsgi_application()
len(get_resolver().url_patterns)  # loads every page now, so that no first visitor waits for it
