"""Form fields for text that people type and others read: names, searches. Forms of every app may use them."""

import re
import unicodedata

from django import forms

# Marks that turn text around or hide in it, so that one name can pass for another. Joiners stay: emoji need them.
TRICKS = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
# As long as the column of a person's name.
LONGEST_NAME = 80


def one_line(text: str) -> str:
    """The text in one line, without control characters and marks that deceive the eye."""
    plain = TRICKS.sub("", unicodedata.normalize("NFC", text))
    visible = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in plain)
    return " ".join(visible.split())


def name_in(email: str) -> str:
    """What to call somebody of whom only the address is known: Ann Lee for ann.lee@example.com."""
    words = re.split(r"[._-]+", email.partition("@")[0].partition("+")[0])
    return " ".join(word[:1].upper() + word[1:] for word in words if word)[:LONGEST_NAME]


class LineField(forms.CharField):
    """One line of text, cleaned before its length is measured."""

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")
