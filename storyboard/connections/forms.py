"""What people type about connections, cleaned; views make these and actions get the result.

A key that was typed is never written back into the page, so after a mistake it is typed again.
"""

from decimal import Decimal
from typing import Any

from django import forms

from storyboard.connections import addresses
from storyboard.connections.actions import KEY_AGAIN, Terms
from storyboard.connections.models import MOST_PARALLEL, Connection
from storyboard.connections.prices import MOST, PLACES, WRONG, Line, Own, lines
from storyboard.connections.queries import connections_of
from storyboard.connections.vendors import HOSTS
from storyboard.providers import catalog
from storyboard.providers.catalog import Vendor
from storyboard.providers.secret import Secret
from storyboard.teams.fields import LineField
from storyboard.teams.models import Team

MICRO = 1_000_000
NO_KEY = "Paste the vendor’s API key."
NOT_KEPT = "Type the key again: it is not kept."


class SettingsForm(forms.Form):
    """The name and the limits; on its own for a connection that is there."""

    name = LineField(
        label="Name",
        max_length=80,
        help_text="What your team calls it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the connection a name.", "max_length": "Make it 80 characters or fewer."},
    )
    parallel = forms.IntegerField(
        label="Renders at once",
        min_value=1,
        max_value=MOST_PARALLEL,
        initial=3,
        help_text="The others wait their turn. Your account at the vendor has a limit of its own.",
        error_messages={
            "required": "Write how many may run at once, 3 for example.",
            "invalid": "Write a whole number.",
            "min_value": "At least one must be able to run.",
            "max_value": f"At most {MOST_PARALLEL} can run at once.",
        },
    )
    budget = forms.DecimalField(
        label="Budget a month, in US dollars",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(1_000_000),
        decimal_places=2,
        help_text="When it is spent, renders wait for the next month. Empty: no limit.",
        error_messages={
            "invalid": "Write an amount like 250 or 99.50.",
            "min_value": "A budget is 0 or more.",
            "max_value": "A budget is 1,000,000 dollars at most.",
            "max_decimal_places": "Write two decimals at most.",
        },
    )

    failover = forms.ChoiceField(
        label="When it cannot take a request",
        required=False,
        help_text="Only while it is certain that nothing was created or charged here, and only at the same price.",
    )

    def __init__(self, *args: Any, team: Team, connection: Connection | None = None, **kwargs: Any) -> None:
        if connection is not None:
            kwargs.setdefault("initial", settings_of(connection))
        super().__init__(*args, **kwargs)
        self.team, self.connection = team, connection
        others = beside(connection) if connection else []
        if others:
            choices = [("", "Hold the shot, as ever"), *((one.public_id, f"Use {one}") for one in others)]
            self.fields["failover"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["failover"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = connections_of(self.team)
        if self.connection is not None:
            others = others.exclude(pk=self.connection.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"There is a connection called “{name}” already. Choose another name.")
        return name

    @property
    def terms(self) -> Terms:
        budget: Decimal | None = self.cleaned_data["budget"]
        return Terms(
            name=self.cleaned_data["name"],
            parallel=self.cleaned_data["parallel"],
            monthly_budget=None if budget is None else int(budget * MICRO),
            failover=self.cleaned_data.get("failover", ""),
        )


def beside(connection: Connection) -> list[Connection]:
    """The team's other connections at the same vendor."""
    rows = connections_of(connection.team).filter(vendor=connection.vendor)
    return list(rows.exclude(pk=connection.pk))


def settings_of(connection: Connection) -> dict[str, object]:
    budget = connection.monthly_budget
    return {
        "name": connection.name,
        "parallel": connection.parallel,
        "failover": connection.failover.public_id if connection.failover else "",
        "budget": None if budget is None else (Decimal(budget) / MICRO).quantize(Decimal("0.01")),
    }


class AddressField(forms.CharField):
    """A base URL that a connection may have."""

    default_error_messages = {"required": "Write the address, or reload the page for the vendor’s own."}

    def __init__(self, vendor: Vendor, **kwargs: Any) -> None:
        text = {"type": "url", "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        kwargs.setdefault("widget", forms.TextInput(attrs=text))
        super().__init__(label="Address", help_text=address_hint(vendor), **kwargs)

    def clean(self, value: object) -> str:
        url: str = super().clean(value)
        if why := addresses.refusal(url):
            raise forms.ValidationError(why)
        return addresses.tidy(url)


def address_hint(vendor: Vendor) -> str:
    """The vendor's own address or addresses; text of ours, without markup."""
    if vendor.id in HOSTS:
        return " ".join(f"{host.label}: {host.url}." for host in HOSTS[vendor.id])
    return f"{vendor.label}’s own is {vendor.base_url}. Change it only for a gateway of yours."


class KeyField(forms.CharField):
    """An API key; its value is a Secret from here on."""

    # What the button beside it shows.
    called = "key"

    def __init__(self, **kwargs: Any) -> None:
        hidden = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(label="API key", max_length=1024, widget=hidden, **kwargs)
        self.error_messages["required"] = NO_KEY
        self.error_messages["max_length"] = "This is too long for an API key. Paste the key alone."

    def clean(self, value: object) -> Secret | None:
        text = super().clean(value)
        try:
            return Secret(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class AddForm(SettingsForm):
    """A new connection at one vendor, which the page's address names."""

    field_order = ["name", "key", "base_url", "parallel", "budget"]

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"base_url": vendor.base_url, "name": vendor.label})
        super().__init__(*args, **kwargs)
        hint = f"From {vendor.label}’s console. It is encrypted at once; only its last four characters are shown again."
        self.fields["key"] = KeyField(help_text=hint)
        self.fields["base_url"] = AddressField(vendor)
        self.order_fields(self.field_order)

    def clean(self) -> None:
        ask_again(self)


class KeyForm(forms.Form):
    """Another key, another address, or both. Another host needs the key again."""

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"base_url": connection.base_url})
        super().__init__(*args, **kwargs)
        self.connection = connection
        vendor = catalog.vendor(connection.vendor)
        hint = f"The one in use ends in {connection.last_four}. Leave it empty to keep it."
        self.fields["key"] = KeyField(required=False, help_text=hint)
        self.fields["base_url"] = AddressField(vendor)

    def clean(self) -> None:
        ask_again(self)
        url, key = self.cleaned_data.get("base_url"), self.cleaned_data.get("key")
        if not isinstance(url, str) or key is not None or "key" in self.errors:
            return
        if addresses.origin(url) != addresses.origin(self.connection.base_url):
            self.add_error("key", KEY_AGAIN)

    @property
    def is_unchanged(self) -> bool:
        """Whether the key in use is kept, at the address where it is."""
        return self.cleaned_data["key"] is None and self.cleaned_data["base_url"] == self.connection.base_url


def ask_again(form: forms.Form) -> None:
    """A good key is gone from the page when anything else was wrong; this says so beside its field."""
    if form.errors and form.cleaned_data.get("key") is not None:
        form.add_error("key", NOT_KEPT)


class PriceField(forms.DecimalField):
    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label=label, required=False, min_value=Decimal(0), max_value=MOST, decimal_places=PLACES, **kwargs
        )
        for code in ("invalid", "min_value", "max_value", "max_decimal_places"):
            self.error_messages[code] = WRONG


class PricesForm(forms.Form):
    """Two prices for each model and resolution; empty ones follow the vendor's list."""

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = lines(connection)
        for model, table in self.tables:
            for line in table:
                self.add_line(f"{model.id}:{line.resolution}", f"{model.label}, {line.resolution}", line)

    def add_line(self, name: str, label: str, line: Line) -> None:
        for kind, what in (("text", "from text alone"), ("ref", "with references")):
            shipped = getattr(line.shipped, kind, None)
            shown = "not known" if shipped is None else f"{shipped.normalize():f}"
            widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": shown, "autocomplete": "off"})
            own = getattr(line.own, kind, None)
            field = PriceField(f"{label}, {what}", widget=widget, initial=own if own is None else f"{own:f}")
            self.fields[f"{name}:{kind}"] = field

    def clean(self) -> None:
        for name in list(self.fields):
            if name.endswith(":ref") and self.cleaned_data.get(name) is not None:
                self.need_text(name.removesuffix("ref") + "text")

    def need_text(self, name: str) -> None:
        if name not in self.errors and self.cleaned_data.get(name) is None:
            self.add_error(name, "Enter this one too.")

    @property
    def rates(self) -> Own:
        """As actions.set_prices() takes them; one price alone counts for both."""
        found: Own = {}
        for model, table in self.tables:
            for line in table:
                name = f"{model.id}:{line.resolution}"
                text, ref = self.cleaned_data[f"{name}:text"], self.cleaned_data[f"{name}:ref"]
                if text is not None:
                    pair = {"text": f"{text:f}", "ref": f"{text if ref is None else ref:f}"}
                    found.setdefault(model.id, {})[line.resolution] = pair
        return found

    def shown(self) -> list[dict[str, Any]]:
        """What the page lists: each model, and of each resolution its two fields."""
        return [
            {
                "model": model,
                "lines": [
                    (line, self[f"{model.id}:{line.resolution}:text"], self[f"{model.id}:{line.resolution}:ref"])
                    for line in table
                ],
            }
            for model, table in self.tables
        ]
