"""What changed, without saying how: a counter per channel and the hints it numbered.

publish.py writes both; hub.py and stream.py only read.
"""

from django.db import models


class Channel(models.Model):
    """Where the people who look at one thing meet; its counter puts their hints in order."""

    name = models.CharField(max_length=80, unique=True)
    counter = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.counter}"


class Event(models.Model):
    """One hint: in this channel, this topic changed. The newest few hundred of a channel are kept."""

    channel = models.CharField(max_length=80)
    number = models.PositiveBigIntegerField()
    topic = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "number"], name="one_event_per_number")]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}: {self.topic}"
