"""The account page, sessions and sign-in links; allauth's own pages are under /accounts/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
