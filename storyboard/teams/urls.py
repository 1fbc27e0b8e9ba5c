"""Teams, members, invitations, the audit log."""

from django.urls import path

from storyboard.teams import views

urlpatterns = [
    path("", views.home, name="home"),
]
