"""The web process: `uvicorn storyboard.asgi:application`."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
os.environ.setdefault("PROCESS_ROLE", "web")

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from storyboard.live.turns import in_turn
from storyboard.takes.doorstep import guarded

application = guarded(in_turn(get_asgi_application()))
# All views, loaded before the first request; then nothing of it is searched for garbage again: that stopped one page in
# fifteen for 80 to 130 ms.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
