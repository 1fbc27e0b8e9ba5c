"""Boards, their scenes and shots, and the log of edits that undo and redo walk along.

Views, actions, takes and exports use them. What a shot became, its takes, is in storyboard.takes.
"""

from django.db import models
from django.utils import timezone

from storyboard.media.models import Reference, Upload
from storyboard.teams.models import Team, User, public_id


class Joint(models.TextChoices):
    """How a shot opens."""

    CUT = "cut", "Cut"
    CONTINUE = "continue", "Continue"
    LAND = "land", "Land on…"
    MOTION = "motion", "Match motion"


def channel_of(board_id: str) -> str:
    """Where live hints of the board with this public id are heard."""
    return f"board-{board_id}"


class Board(models.Model):
    """One film: ordered shots, their defaults, a look that is added to every prompt, a budget."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="boards")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)
    look = models.TextField(blank=True)
    # What every shot takes over unless it says otherwise: see storyboard.boards.choices.
    settings = models.JSONField(default=dict)
    budget_micro_usd = models.BigIntegerField(null=True, blank=True)
    # While a job paints a sample's pictures: how often it was begun. Empty when nothing is on its way.
    painting = models.PositiveSmallIntegerField(null=True, blank=True)
    # Field name -> how often it was saved; a save says which version it started from.
    versions = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-changed_at"], name="boards_by_team"),
            models.Index(fields=["deleted_at"], condition=~models.Q(deleted_at=None), name="boards_to_purge"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        return channel_of(self.public_id)

    @property
    def is_being_painted(self) -> bool:
        """Pictures of this sample are on their way: it is shown, and not rendered yet."""
        return self.painting is not None


class Scene(models.Model):
    """A name under which shots fold together. It stands where its shots stand; without any it is not shown."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="scenes")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)
    versions = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Shot(models.Model):
    """One position on the board, and its joint: how it opens, and on which shot.

    A joint names its predecessor, so that moving shots about never links them anew in silence.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="shots")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    scene = models.ForeignKey(Scene, null=True, blank=True, on_delete=models.SET_NULL, related_name="shots")
    # 1, 2, 3 … among the shots that are not deleted; kept without gaps by boards.edits under the board's lock.
    position = models.PositiveIntegerField()
    # Names the move that put it there: whoever undoes a move sees whether somebody has moved it since.
    placed = models.CharField(max_length=12, blank=True)
    prompt = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    # Only what differs from the board; what the chosen model cannot do is kept for when another one is chosen.
    settings = models.JSONField(default=dict)
    joint = models.CharField(max_length=8, choices=Joint.choices, default=Joint.CUT)
    joint_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers")
    # The clip opens on exactly the hand-off frame, which forbids other references at most vendors.
    exact = models.BooleanField(default=False)
    # RESTRICT: no reference goes while a shot needs it, but all of it may go together with the team.
    landing = models.ForeignKey(Reference, null=True, blank=True, on_delete=models.RESTRICT, related_name="landed_on")
    # Its followers wait until somebody approved its take.
    needs_approval = models.BooleanField(default=False)
    versions = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["board", "position"], condition=models.Q(deleted_at=None), name="shots_in_order")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(joint=Joint.CUT, joint_from=None) | ~models.Q(joint=Joint.CUT),
                name="a_cut_follows_nobody",
            ),
            models.CheckConstraint(condition=~models.Q(joint_from=models.F("id")), name="no_shot_follows_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.prompt[:40]}"

    @property
    def topic(self) -> str:
        return f"shot-{self.public_id}"


class ShotReference(models.Model):
    """A picture, video or sound of the library that a shot is made with, in the order the prompt counts them."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="references")
    reference = models.ForeignKey(Reference, on_delete=models.RESTRICT, related_name="shots")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["shot", "reference"], name="a_reference_once_per_shot")]

    def __str__(self) -> str:
        return f"{self.shot_id}: {self.reference_id}"


class Edit(models.Model):
    """One step that can be undone: what a person did, and each field's value before and after.

    `changes` is a list of {"what": "shot", "id": key, "before": {field: value}, "after": {field: value}}.
    What is new has null before; what is gone is marked by deleted_at, so that nothing needs to be made anew.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="edits")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=120)
    changes = models.JSONField()
    done_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["board", "by", "-id"], name="edits_of_a_person")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label


class Presence(models.Model):
    """Somebody has the board open, and perhaps a shot of it; forgotten when not renewed."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    shot = models.ForeignKey(Shot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "user"], name="one_presence_per_person")]

    def __str__(self) -> str:
        return f"{self.user} at {self.board}"


class Tour(models.Model):
    """Somebody is being shown around on a board; the row goes when they have seen enough."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="+")
    step = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.user} at step {self.step} of the tour"


class Export(models.Model):
    """A ZIP of a board and its media: made by a job, there to be fetched for a while, then gone."""

    class State(models.TextChoices):
        MAKING = "making", "a job makes it"
        READY = "ready", "can be fetched until it expires"
        FAILED = "failed", "the sentence says why"
        GONE = "gone", "expired, or a newer one is there"

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="exports")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAKING)
    sentence = models.CharField(max_length=600, blank=True)
    key = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    # Media that were fetched from the storage, of all that it needs.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # When its object was removed.
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"], name="exports_by_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["board"], condition=models.Q(state="making"), name="one_export_of_a_board_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.board}: {self.state}"


class Import(models.Model):
    """A ZIP that somebody brings: looked at, shown, and when they say so taken. Its upload says how it ended."""

    class Stage(models.TextChoices):
        LOOKING = "looking", "not yet read"
        SHOWN = "shown", "waits for a person to say where it goes"
        TAKING = "taking", "its media are checked, then the board is made"

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.LOOKING)
    # What the page shows of it before anybody imports it: see storyboard.boards.unpacking.
    shown = models.JSONField(default=dict)
    # The new board's name, or the board it is added to and the shot that it stands beside.
    name = models.CharField(max_length=120, blank=True)
    into = models.ForeignKey(Board, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    # SHA-256 in the ZIP -> [the file's key, when it was kept; empty for one that the team had]: jobs go on from it.
    kept = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    # Once it is done.
    board = models.ForeignKey(Board, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    remarks = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.upload}: {self.stage}"
