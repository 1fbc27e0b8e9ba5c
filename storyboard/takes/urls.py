"""Where vendors ring. Whatever else stands below /hooks/ gets the same answer, and no page."""

from django.urls import re_path

from storyboard.takes.webhooks import receive

urlpatterns = [
    re_path(
        r"^hooks/(?P<vendor>[a-z]{1,20})/(?P<take_id>[a-z0-9]{1,20})/(?P<secret>[A-Za-z0-9_-]{1,100})(?:/callback)?/?\Z",
        receive,
        name="hook",
    ),
    re_path(r"^hooks/[\s\S]*\Z", receive, name="hook_nowhere"),
]
