"""Only includes; each app has its own urls.py."""

from django.conf import settings
from django.urls import include, path

from storyboard import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("storyboard.accounts.urls")),
    path("", include("storyboard.teams.urls")),
    path("", include("storyboard.connections.urls")),
    path("", include("storyboard.media.urls")),
    path("", include("storyboard.boards.urls")),
    path("", include("storyboard.takes.urls")),
    *([path("", include("storyboard.sandbox.pages_urls"))] if settings.SANDBOX else []),
    *([path("sandbox/", include("storyboard.sandbox.urls"))] if settings.SANDBOX else []),
]
handler400 = "storyboard.pages.bad_request"
handler403 = "storyboard.pages.forbidden"
handler404 = "storyboard.pages.missing"
handler429 = "storyboard.accounts.views.too_many"
handler500 = "storyboard.pages.broken"
