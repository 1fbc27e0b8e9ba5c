"""The real URLs and two pages that use the live contract; loaded only by the tests' web process."""

from django.urls import include, path

from storyboard.live import stream
from tests.live import pages

# Access is asked again every second here, so that no test has to wait for ten.
stream.TICK = stream.ASK_AGAIN = 1.0

urlpatterns = [
    path("try/<str:team_id>", pages.page, name="try"),
    path("try/<str:team_id>/part", pages.part, name="try_part"),
    path("", include("storyboard.urls")),
]
