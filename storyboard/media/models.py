"""A team's references, the files behind them, files on their way in, and who was given a link.

Only actions write these; views read them through queries.
"""

from decimal import Decimal

from django.db import models
from django.utils import timezone

from storyboard.teams.models import Team, User, public_id


class Kind(models.TextChoices):
    IMAGE = "image", "Image"
    VIDEO = "video", "Clip"
    AUDIO = "audio", "Sound"


class Origin(models.TextChoices):
    """Where a file came from."""

    UPLOAD = "upload", "Uploaded"
    IMPORT = "import", "From a link"
    TRIM = "trim", "Trimmed"
    TAKE = "take", "From a take"


class File(models.Model):
    """Checked bytes in the storage, once for each team that has them; all facts are from the bytes."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="files")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField()
    # With its small pictures: what the team's quota counts.
    stored = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    format = models.CharField(max_length=10)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    fps = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    # When the picture of a clip begins and ends, which its sound need not do; unknown of what was kept long ago.
    picture_from = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    picture_to = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    # When each frame begins, in milliseconds, where `fps` is only the average.
    frames = models.JSONField(default=list, blank=True)
    video_codec = models.CharField(max_length=40, blank=True)
    audio_codec = models.CharField(max_length=40, blank=True)
    poster_key = models.CharField(max_length=200, blank=True)
    small_key = models.CharField(max_length=200, blank=True)
    peaks = models.JSONField(default=list, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When somebody last asked for these bytes to be kept; a file that nothing points at is freed a while after.
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "sha256"], name="one_file_per_content")]

    def __str__(self) -> str:
        return f"{self.format} {self.sha256[:8]}"

    @property
    def has_sound(self) -> bool:
        return bool(self.audio_codec)

    @property
    def shown_seconds(self) -> Decimal | None:
        """How long there is something to see; the file may last longer."""
        if self.picture_from is None or self.picture_to is None:
            return self.seconds
        return (self.picture_to - self.picture_from).quantize(Decimal("0.001"))

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.key, self.poster_key, self.small_key) if key]


class Reference(models.Model):
    """An entry of the library: a file with a name, or an asset that a vendor keeps and we know only by its address."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="references")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    # RESTRICT: a file goes only when nothing shows it any more, or together with its team.
    file = models.ForeignKey(File, on_delete=models.RESTRICT, null=True, blank=True, related_name="references")
    asset_uri = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)
    trimmed_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="trims")
    in_ms = models.PositiveIntegerField(null=True, blank=True)
    out_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="references_by_team")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file=None) ^ models.Q(asset_uri=""), name="a_reference_is_a_file_or_an_asset"
            ),
            models.UniqueConstraint(
                fields=["team", "asset_uri"],
                condition=models.Q(deleted_at=None) & ~models.Q(asset_uri=""),
                name="one_reference_per_asset",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that a person put on a reference, to find it by."""

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=30)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["reference", "name"], name="a_tag_once")]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What a reference showed before it was replaced."""

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(File, on_delete=models.RESTRICT, related_name="+")
    replaced_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["reference", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.reference} {self.number}"


class Upload(models.Model):
    """A file on its way into the library, until it is there or refused: sent by a browser, fetched, or trimmed."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for the browser's bytes"
        CHECKING = "checking", "all is here: a job looks at it"
        DONE = "done", "in the library"
        REFUSED = "refused", "not taken; the sentence says why"
        CANCELLED = "cancelled", "somebody changed their mind"
        EXPIRED = "expired", "the rest never came"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="uploads")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.UPLOAD)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80, blank=True)
    # As announced, or the most that an import may bring: so much of the quota is reserved while it is open.
    size = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200, unique=True)
    in_parts = models.BooleanField(default=False)
    # The storage's name for an upload in parts, once a job has begun it.
    parts_id = models.CharField(max_length=1024, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sentence = models.CharField(max_length=600, blank=True)
    # Where an import comes from. It may hold somebody's signature, so it is forgotten when the import is over.
    url = models.CharField(max_length=2000, blank=True)
    # How often a job began to look at it: a file that kills its worker is not looked at for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    reference = models.ForeignKey(Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    replaces = models.ForeignKey(Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    trims = models.ForeignKey(Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    in_ms = models.PositiveIntegerField(null=True, blank=True)
    out_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # When its objects in quarantine were removed.
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "state"], name="uploads_by_state")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def seconds(self) -> Decimal:
        return Decimal((self.out_ms or 0) - (self.in_ms or 0)) / 1000


OPEN = (Upload.State.WAITING, Upload.State.CHECKING)


class Grant(models.Model):
    """A signed link that somebody outside was given: for what, and until when. The link itself is not kept."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="grants")
    vendor = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    seconds = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="grants_by_end")]

    def __str__(self) -> str:
        return f"{self.purpose} for {self.vendor}"
