"""Files of the local store, by signed link."""

from django.urls import path

from storyboard.media import views

urlpatterns = [
    path("media/<path:key>", views.media_file, name="media_file"),
]
