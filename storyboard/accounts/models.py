"""What the door remembers: sign-in links, counted attempts, the shared cache."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SignInLink(models.Model):
    """A link that signs one person in once; the token is kept as its SHA-256 only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    # A page of ours to open after signing in; the front page when empty.
    leads_to = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.user}"


class Message(models.Model):
    """A mail on its way: written with what caused it, and deleted once it has left: it may hold a link."""

    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=254)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"“{self.subject}” to {self.to}"


class Attempts(models.Model):
    """When one thing was tried lately, as seconds since 1970: a handful of numbers in one row."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.JSONField(default=list)
    seen_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {len(self.tries)}"


class CacheEntry(models.Model):
    """The table of Django's database cache, made by a migration so that nobody has to run createcachetable."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
