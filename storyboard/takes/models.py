"""Runs and takes, what they cost, and what vendors rang about. States change only in states.py, money only in money.py.

Actions write these rows, queries read them; the rules that no code may break are constraints of the database.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import File
from storyboard.teams.models import Team, User, public_id


class State(models.TextChoices):
    """One line a state; which may follow which is states.MOVES."""

    WAITING = "waiting", "Waiting"  # for its predecessor, an approval or a choice
    QUEUED = "queued", "Queued"  # for a free place at its connection
    SUBMITTING = "submitting", "Submitting"  # the one POST may be under way
    RUNNING = "running", "Rendering"
    UNKNOWN = "unknown", "Unclear"  # the POST may have been taken; doorbells and lists are looked at
    UNDECIDED = "undecided", "Needs a decision"  # by a person
    COLLECTING = "collecting", "Collecting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


FINAL = (State.DONE, State.FAILED, State.CANCELLED)
LIVE = tuple(state for state in State if state not in FINAL)
# A task of it may exist at the vendor; COLLECTING takes no place there any more.
SENT = (State.SUBMITTING, State.UNKNOWN, State.UNDECIDED, State.RUNNING)


class Run(models.Model):
    """One press of Render: what was shown and approved, by whom, and up to which price."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="runs")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Made with the form, so that a second press, another tab or a replay is the same run.
    form_key = models.CharField(max_length=40)
    plan_hash = models.CharField(max_length=64)
    takes_each = models.PositiveSmallIntegerField(default=1)
    ceiling_micro_usd = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "form_key"], name="a_form_makes_one_run")]
        indexes = [models.Index(fields=["board", "-id"], name="runs_of_a_board")]

    def __str__(self) -> str:
        return self.public_id


class Take(models.Model):
    """One attempt to generate a shot, and one paid task at most, ever: the frozen request, its cost, its clip."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="takes")
    # A take that somebody uploaded has neither run nor connection.
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.CASCADE, related_name="takes")
    number = models.PositiveIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Raised by every claim; whoever writes an outcome must hold the number it was claimed with.
    epoch = models.PositiveIntegerField(default=0)

    # RESTRICT: a connection or a file goes only together with its whole team.
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.RESTRICT, related_name="takes")
    # The connection that could not take it, when another one was asked instead; that happens once.
    moved_from = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=80, blank=True)
    # The vendor's body as it was approved, with made-up links that say what stands there; and its SHA-256.
    asked = models.TextField(blank=True)
    asked_hash = models.CharField(max_length=64, blank=True)
    # The same in the product's words, for people and to tell what has changed since.
    request = models.JSONField(default=dict)
    # SHA-256 of the bytes that were POSTed.
    sent_hash = models.CharField(max_length=64, blank=True)

    # Whose end it opens on: the shot as approved, and the take and moment in it that were handed over when it was sent.
    follows = models.ForeignKey(Shot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    upstream = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="downstream")
    upstream_ms = models.PositiveIntegerField(null=True, blank=True)
    # "Keep it": what it is out of date against may stay so, up to the next change. See staleness.py.
    kept_against = models.CharField(max_length=64, blank=True)

    remote_id = models.CharField(max_length=128, blank=True)
    remote_state = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(null=True, blank=True)
    # SHA-256 of what the callback's path carries; empty when no callback was asked for.
    secret_digest = models.CharField(max_length=64, blank=True)
    # Why it failed, waits or is unclear: the vendor's code and words, and a sentence for people.
    error_code = models.CharField(max_length=120, blank=True)
    error_message = models.TextField(blank=True)
    sentence = models.TextField(blank=True)
    # How often this state's work was begun: counted before the work, so that a killed worker counts too.
    attempts = models.PositiveIntegerField(default=0)

    quote_micro_usd = models.BigIntegerField(null=True, blank=True)
    quote_credits = models.BigIntegerField(null=True, blank=True)
    charge_micro_usd = models.BigIntegerField(null=True, blank=True)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When it came into its state.
    moved_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When to look at it next, by the database's clock; every take that is not final has one or waits for somebody.
    wake_at = models.DateTimeField(null=True, blank=True)
    # A request that was not taken is not sent again before.
    not_before = models.DateTimeField(null=True, blank=True)
    # How often a complete list of the vendor did not have it, and when that was last so.
    unlisted = models.PositiveSmallIntegerField(default=0)
    unlisted_at = models.DateTimeField(null=True, blank=True)

    clip = models.ForeignKey(File, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    last_frame = models.ForeignKey(File, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    # The vendor's own links: some vendors trust these where they would refuse a copy.
    clip_url = models.TextField(blank=True)
    last_frame_url = models.TextField(blank=True)
    links_until = models.DateTimeField(null=True, blank=True)
    is_selected = models.BooleanField(default=False)
    selected_at = models.DateTimeField(null=True, blank=True)
    # Where the next shot takes over, when it is not the end; the frame there; the seconds before it, as a clip.
    hand_off_ms = models.PositiveIntegerField(null=True, blank=True)
    hand_off_frame = models.ForeignKey(File, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    tail = models.ForeignKey(File, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rejected_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["shot", "-number"], name="takes_of_a_shot"),
            models.Index(fields=["state", "wake_at"], condition=Q(state__in=LIVE), name="takes_to_wake"),
            models.Index(fields=["connection", "state"], condition=Q(state__in=LIVE), name="takes_at_a_connection"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["shot", "number"], name="one_take_per_number"),
            # Several takes of one shot are made one after the other.
            models.UniqueConstraint(fields=["shot"], condition=Q(state__in=SENT), name="one_sent_take_per_shot"),
            models.UniqueConstraint(fields=["shot"], condition=Q(is_selected=True), name="one_selected_take"),
            models.UniqueConstraint(
                fields=["connection", "remote_id"], condition=~Q(remote_id=""), name="one_take_per_task"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RUNNING, State.COLLECTING]) | ~Q(remote_id=""), name="running_has_a_task"
            ),
            models.CheckConstraint(condition=~Q(state=State.DONE) | Q(clip__isnull=False), name="done_has_a_clip"),
            models.CheckConstraint(
                condition=Q(is_selected=False) | Q(state=State.DONE, deleted_at=None), name="selected_is_done"
            ),
        ]

    def __str__(self) -> str:
        return f"take {self.number} of shot {self.shot_id}: {self.state}"


class Input(models.Model):
    """A file that a take is made with: which made-up link of `asked` stands for it. A reference may change later."""

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="inputs")
    placeholder = models.CharField(max_length=200)
    role = models.CharField(max_length=20)
    file = models.ForeignKey(File, on_delete=models.RESTRICT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["take", "placeholder"], name="an_input_once_per_take")]

    def __str__(self) -> str:
        return f"{self.take_id}: {self.role}"


class Step(models.Model):
    """A take came into a state: the receipt's timeline. Written by states.advance() alone."""

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.take_id}: {self.state}"


class Measure(models.Model):
    """How a take's clip looks where it opens and where it leaves, and in each frame: rows as looks.Look writes them.

    Made by a job some seconds after the take; nothing waits for it.
    """

    take = models.OneToOneField(Take, on_delete=models.CASCADE, related_name="measure")
    first = models.JSONField(default=list)
    last = models.JSONField(default=list)
    # The frame at the take's hand_off_ms; empty while it leaves at its end.
    at_hand_off = models.JSONField(default=list)
    # All of them, of a long clip some: lists of takes leave this out.
    frames = models.JSONField(default=list)
    made_at = models.DateTimeField(null=True, blank=True)
    # Counted before the work, so that a clip which kills its worker is not looked at for ever.
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"measure of take {self.take_id}"


class Entry(models.Model):
    """One line of the ledger, never changed: what is held and what is spent goes up or down by so much.

    A hold raises `held`; settling lowers it again and raises `spent`; a refund lowers `spent`. Money counts in the
    month in which it was first held.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", "Reserved"
        RELEASE = "release", "Released"
        CHARGE = "charge", "Charged"
        REFUND = "refund", "Refunded"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, null=True, on_delete=models.SET_NULL, related_name="+")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.SET_NULL, related_name="+")
    take = models.ForeignKey(Take, null=True, on_delete=models.SET_NULL, related_name="entries")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    month = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["board"], name="ledger_by_board"),
            models.Index(fields=["connection", "month"], name="ledger_by_connection"),
            models.Index(fields=["team", "month"], name="ledger_by_team"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.held} {self.spent}"


class Purse(models.Model):
    """A team's own budget for a month; its row is the lock that every new reservation takes."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="purse")
    monthly_budget = models.BigIntegerField("monthly budget in micro-dollars", null=True, blank=True)

    def __str__(self) -> str:
        return f"purse of team {self.team_id}"


class Gate(models.Model):
    """What passes to a connection's vendor: its row is the lock of every claim; a vendor that asks for rest gets it."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="gate")
    # How many claims there were; a file beside the database knows as well, and tells when an old backup is back.
    sent = models.PositiveIntegerField(default=0)
    send_after = models.DateTimeField(null=True, blank=True)
    ask_after = models.DateTimeField(null=True, blank=True)
    # One job at a time asks about all that is due; until then it is expected to have done so.
    asking_until = models.DateTimeField(null=True, blank=True)
    # Its files came too slowly: until then none is fetched, and after it one at a time until one is quick.
    fetch_after = models.DateTimeField(null=True, blank=True)
    # Accounts are read against the takes after a restore: up to when that was done.
    reconciled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"gate of connection {self.connection_id}"


class Switch(models.Model):
    """One row: whether anything may be POSTed at all, and if not, why."""

    paused_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return "paused" if self.paused_at else "open"


class Orphan(models.Model):
    """A vendor's task that no take knows: found when an account was read, for people to look at."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="orphans")
    remote_id = models.CharField(max_length=128)
    remote_state = models.CharField(max_length=20, blank=True)
    model = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="an_orphan_once")]

    def __str__(self) -> str:
        return self.remote_id


class Delivery(models.Model):
    """The inbox: what a vendor posted to a take's doorbell. Kept as evidence, never believed."""

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="deliveries")
    vendor = models.CharField(max_length=20)
    # The same knock again is counted here and not kept twice.
    key = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    task_id = models.CharField(max_length=128, blank=True)
    said = models.CharField(max_length=40, blank=True)
    times = models.PositiveIntegerField(default=1)
    came_at = models.DateTimeField(default=timezone.now)
    # What came of it once the vendor was asked.
    verdict = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["take", "key"], name="a_delivery_once")]

    def __str__(self) -> str:
        return f"{self.vendor} for take {self.take_id}"
