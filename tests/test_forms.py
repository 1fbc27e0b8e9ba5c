"""How forms are drawn: label, hint, control and the sentence about a mistake, tied together for screen readers."""

import re

import pytest
from django import forms

from storyboard.teams.models import Role


class Example(forms.Form):
    name = forms.CharField(max_length=12, help_text="At most 12 letters.")
    secret = forms.CharField(widget=forms.PasswordInput)
    role = forms.ChoiceField(choices=Role.choices)
    about = forms.CharField(widget=forms.Textarea, required=False)
    opens = forms.ChoiceField(choices=[("cut", "Cut"), ("land", "Land")], widget=forms.RadioSelect, help_text="One.")
    agree = forms.BooleanField()
    page = forms.CharField(widget=forms.HiddenInput)


class Filter(forms.Form):
    who = forms.CharField(required=False)


SENT = {"name": "<script>alert(1)</script>", "page": "1"}


def field(html: str, label: str) -> str:
    """The block of one field, found by its label."""
    blocks = re.findall(r'<(?:div|fieldset) class="field.*?(?=<(?:div|fieldset) class="field|\Z)', html, re.DOTALL)
    return str(next(block for block in blocks if f">{label}" in block))


@pytest.mark.parametrize("label", ["Name", "Secret", "Role", "About", "Agree"])
def test_every_control_has_its_label(label: str) -> None:
    block = field(str(Example()), label)
    target = re.search(r'<label for="(\w+)"', block)
    assert target
    assert f'id="{target[1]}"' in block


def test_a_hint_is_read_with_its_control() -> None:
    block = field(str(Example()), "Name")
    assert '<div class="hint" id="id_name_helptext">At most 12 letters.</div>' in block
    assert 'aria-describedby="id_name_helptext"' in block


def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost() -> None:
    block = field(str(Example(SENT)), "Name")
    assert 'aria-invalid="true"' in block
    assert 'aria-describedby="id_name_helptext id_name_error"' in block
    assert "Ensure this value has at most 12 characters (it has 25)." in block.partition('id="id_name_error"')[2]
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in block


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    block = field(str(Example(SENT)), "Opens")
    assert block.startswith('<fieldset class="field choices" aria-describedby="id_opens_helptext id_opens_error">')
    assert "<legend>Opens</legend>" in block
    assert 'id="id_opens_error"' in block


def test_a_password_can_be_shown() -> None:
    assert 'data-peek aria-controls="id_secret"' in field(str(Example()), "Secret")
    assert str(Example()).count("data-peek") == 1


def test_only_what_may_be_left_out_is_marked_and_a_form_of_filters_is_not() -> None:
    assert str(Example()).count("(optional)") == field(str(Example()), "About").count("(optional)") == 1
    assert "(optional)" not in str(Filter())


def test_a_mistake_of_the_whole_form_comes_first_and_is_announced() -> None:
    form = Example(SENT)
    form.add_error(None, "The team has gone.")
    html = str(form)
    assert html.index('<div class="note bad" role="alert"><p>The team has gone.</p>') < html.index('class="field')


def test_a_mistake_in_a_hidden_field_is_said_too() -> None:
    assert "(Hidden field page) This field is required." in str(Example({}))
