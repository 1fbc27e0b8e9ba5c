"""What people type about boards, cleaned; views make these and actions get the result."""

from django import forms

from storyboard.boards.changes import END, Spot
from storyboard.boards.choices import RESOLUTIONS
from storyboard.boards.formats.decode import ENCODINGS
from storyboard.boards.formats.fields import Field
from storyboard.boards.formats.limits import MOST_BYTES
from storyboard.boards.models import Board
from storyboard.errors import DomainError
from storyboard.providers.catalog import RATIOS
from storyboard.teams.fields import LineField, one_line

KEEP = ("", "As it is")
Groups = list[tuple[str, list[tuple[str, str]]]]
ON, OFF = "on", "off"
SHAPES = [(one, "as the picture" if one == "adaptive" else one) for one in RATIOS]
KINDS = [
    ("", "Find out"),
    ("text", "Text, one shot a paragraph"),
    ("screenplay", "Screenplay (Fountain)"),
    ("table", "Table (CSV)"),
    ("bundle", "Board (JSON)"),
]
NO_PLACE = "There is no shot with this number. Write 0 for the beginning, or nothing for the end."
SORTS = [("changed", "Last changed"), ("name", "Name"), ("made", "Newest")]


class NameForm(forms.Form):
    """The name of a board or a scene."""

    name = LineField(
        label="Name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name.", "max_length": "Make it 120 characters or fewer."},
    )


class FindForm(forms.Form):
    """Which boards to show, and in which order; everything is optional."""

    text = LineField(required=False, max_length=100)
    sort = forms.ChoiceField(required=False, choices=SORTS)
    shown = forms.ChoiceField(required=False, choices=[("", "Boards"), ("archive", "Archive"), ("deleted", "Deleted")])


def yes_or_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[KEEP, (ON, "On"), (OFF, "Off")])


class ChangeForm(forms.Form):
    """Settings for many shots at once; what is left as it is stays different from shot to shot."""

    prefix = "many"
    seconds = forms.TypedChoiceField(
        label="Length",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[KEEP, *((str(number), f"{number} s") for number in range(4, 16))],
    )
    ratio = forms.ChoiceField(label="Shape", required=False, choices=[KEEP, *SHAPES])
    resolution = forms.ChoiceField(label="Size", required=False, choices=[KEEP, *((one, one) for one in RESOLUTIONS)])
    # Which there are is the team's; the action refuses another's connection.
    model = forms.CharField(label="Model", required=False, widget=forms.Select(choices=[KEEP]))
    audio = yes_or_no("Sound")
    needs_approval = yes_or_no("Needs approval")
    reset = forms.BooleanField(
        label="First forget what these shots have of their own", required=False, help_text="They take over the board’s."
    )

    def offer(self, models: Groups) -> "ChangeForm":
        """With these models to choose from, by connection."""
        self.fields["model"].widget.choices = [KEEP, *models]
        return self

    def settings(self) -> dict[str, object]:
        data = self.cleaned_data
        found: dict[str, object] = {name: data[name] for name in ("seconds", "ratio", "resolution") if data[name]}
        return found | {name: data[name] == ON for name in ("audio", "needs_approval") if data[name]}


def number_field(label: str, hint: str) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "The end"})
    wrong = dict.fromkeys(("invalid", "min_value", "max_value"), NO_PLACE)
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=99_999, help_text=hint, widget=widget, error_messages=wrong
    )


class TitleForm(forms.Form):
    """The name of a board that comes from a file; without one it keeps the file's."""

    name = LineField(label="Name of the board", required=False, max_length=120)


class PlaceForm(forms.Form):
    """Where on a board newcomers go; nothing is the end."""

    place = number_field("After shot number", "0 for the beginning, nothing for the end.")

    def spot(self, board: Board) -> Spot:
        """Beside a shot by its id, so that it stays true when somebody moves shots about meanwhile."""
        number = self.cleaned_data["place"]
        if number is None:
            return END
        shots = board.shots.filter(deleted_at=None, position=number or 1).values_list("public_id", flat=True)
        found = shots.first()
        if found is None and number:
            raise DomainError(NO_PLACE)
        return END if found is None else Spot(after=found) if number else Spot(before=found)


class ImportForm(forms.Form):
    """A file or pasted words, what they are, and for a table what each column means."""

    text = forms.CharField(
        label="Paste your text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "placeholder": "One shot a paragraph, with an empty line between."}),
    )
    file = forms.FileField(
        label="Or choose a file",
        required=False,
        help_text="Text, a screenplay in Fountain, CSV, or a board exported as JSON. 20 MB at most.",
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.md,.csv,.tsv,.tab,.json,.fountain,.spmd"}),
    )
    name = LineField(label="Name of the board", required=False, max_length=120)
    kind = forms.ChoiceField(label="What it is", required=False, choices=KINDS)
    encoding = forms.ChoiceField(label="Encoding", required=False, choices=[("", "Find out"), *ENCODINGS.items()])
    # The columns were shown, so that one without a meaning was left out by a person.
    matched = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        """Words or a file that can be read at once; a ZIP is sent in another way, for it may be large."""
        file = self.cleaned_data.get("file")
        if file and file.read(4) == b"PK\3\4":
            raise forms.ValidationError("This is a ZIP. Drop it into the field for boards with their media.")
        if not file and not (self.cleaned_data.get("text") or "").strip():
            raise forms.ValidationError("Paste some text or choose a file.")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError("The file has more than 20 MB. Divide it into smaller ones.")

    def source(self) -> tuple[bytes, str]:
        """The bytes and the file's name; pasted words have none."""
        file = self.cleaned_data.get("file")
        if not file:
            words: str = self.cleaned_data["text"]
            return words.encode("utf-8", "replace"), ""
        file.seek(0)
        return bytes(file.read()), str(file.name)

    def title(self) -> str:
        """The name that was written, else the file's."""
        file = self.cleaned_data.get("file")
        return str(self.cleaned_data["name"] or (one_line(file.name.rpartition(".")[0]) if file else ""))

    def mapping(self, width: int) -> dict[int, Field]:
        """Column -> meaning, as a person matched them."""
        sent = {at: self.data.get(f"column-{at}", "") for at in range(width)}
        return {at: Field(value) for at, value in sent.items() if value in set(Field)}


class AddForm(PlaceForm, ImportForm):
    """The same for a board that is there: it has its name, and the newcomers need a place."""

    name = None  # type: ignore[assignment]
