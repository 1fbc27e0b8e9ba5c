"""Rendering and takes, below their board. And where vendors ring: whatever else stands there gets the same answer."""

from django.urls import path, re_path

from storyboard.boards.urls import BOARD
from storyboard.takes.views import files
from storyboard.takes.webhooks import receive

TAKE = f"{BOARD}takes/<id:take_id>/"

urlpatterns = [
    path(f"{TAKE}small/", files.take_small, name="take_small"),
    path(f"{TAKE}poster/", files.take_poster, name="take_poster"),
    path(f"{TAKE}play/", files.take_play, name="take_play"),
    path(f"{TAKE}download/", files.take_download, name="take_download"),
    re_path(
        r"^hooks/(?P<vendor>[a-z]{1,20})/(?P<take_id>[a-z0-9]{1,20})/(?P<secret>[A-Za-z0-9_-]{1,100})(?:/callback)?/?\Z",
        receive,
        name="hook",
    ),
    re_path(r"^hooks/[\s\S]*\Z", receive, name="hook_nowhere"),
]
