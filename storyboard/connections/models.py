"""A team's account at a vendor. The key is kept encrypted; keys.py alone opens it.

Actions write the rows, queries read them; takes will point at them, so a deleted one stays without its key.
"""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from storyboard.providers import catalog
from storyboard.teams.models import Team, public_id

MOST_PARALLEL = 50


class Connection(models.Model):
    """A key, where it is used, and how far it may be used."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(max_length=80)
    vendor = models.CharField(max_length=20)
    base_url = models.CharField(max_length=200)
    # Which line of the key file closed `sealed`; both are empty once the connection is deleted.
    key_id = models.CharField(max_length=16, blank=True)
    sealed = models.BinaryField(default=bytes)
    last_four = models.CharField(max_length=4, blank=True)
    key_changed_at = models.DateTimeField(default=timezone.now)
    # {model: {resolution: {"text": "0.17", "ref": "0.10"}}}, see prices.py
    rates = models.JSONField(default=dict)
    rates_at = models.DateField(null=True, blank=True)
    parallel = models.PositiveSmallIntegerField(default=3)
    monthly_budget = models.BigIntegerField("monthly budget in micro-dollars", null=True, blank=True)
    # Where a request goes that this account could not take, while no task of it can exist here; off unless chosen.
    failover = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    disabled_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The last test: when it was asked for, when it was answered, and what came of it.
    asked_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    works = models.BooleanField(null=True, blank=True)
    said = models.CharField("what the last test found", max_length=300, blank=True)
    balance = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    balance_unit = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "team", Lower("name"), condition=models.Q(deleted_at=None), name="one_connection_per_name"
            ),
            models.CheckConstraint(
                condition=models.Q(parallel__gte=1, parallel__lte=MOST_PARALLEL), name="connection_parallel_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(key_id="", last_four=""), name="deleted_has_no_key"
            ),
        ]
        indexes = [models.Index(fields=["key_id"], name="connections_by_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def ails(self) -> bool:
        """Whether the last test found a key that does not work, or an account without credit."""
        return self.works is False or (self.balance is not None and self.balance <= 0)

    @property
    def about(self) -> catalog.Vendor:
        """The vendor's row of the catalog."""
        return catalog.vendor(self.vendor)
