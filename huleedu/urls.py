"""All addresses: the API, the admin's microscope, the health checks, the metrics and the pages."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from huleedu.health import healthz, ready
from huleedu.metrics import metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("v1/", include("api.urls")),
    path("admin/", admin.site.urls),
    path("", include("pages.urls")),
]

handler400 = "api.errors.bad_request"
handler404 = "api.errors.page_not_found"
handler500 = "api.errors.server_error"
