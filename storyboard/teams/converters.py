"""What an id in a URL may look like: nothing else gets as far as the database. Every app's urls.py may use it."""

from django.urls.converters import StringConverter


class PublicId(StringConverter):
    """`<id:team_id>`: a public id as models.public_id makes them; a null byte, say, is simply no such page."""

    regex = "[2-9a-z]{20}"
