"""The web process: `uvicorn storyboard.asgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
os.environ.setdefault("PROCESS_ROLE", "web")

from django.core.asgi import get_asgi_application

from storyboard.takes.doorstep import guarded

application = guarded(get_asgi_application())
