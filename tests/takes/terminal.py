"""`manage.py board` as tests call it: what it exits with, prints and complains of. The fixture `board_` is a Shell."""

import io
import json
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

Shell = Callable[..., tuple[int, str, str]]


def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """`piped` is what stands at standard input."""

    def command(*words: str, piped: str = "") -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        try:
            call_command("board", *words, stdout=out, stderr=err)
        except SystemExit as left:
            return int(str(left.code)), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


def answer(shell: Shell, *words: str) -> dict[str, Any]:
    code, said, complained = shell(*words, "--json")
    assert (code, complained) == (0, "")
    found: dict[str, Any] = json.loads(said)
    return found
