"""`manage.py sandbox_key`: a fresh key for the shell."""

import io
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import override_settings

from storyboard.sandbox.models import Key
from tests.sandbox.asking import VENDORS, Asker

pytestmark = pytest.mark.django_db


def command(*words: str) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("sandbox_key", *words, stdout=out, stderr=err)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(str(stop.code))
    return out.getvalue(), err.getvalue(), 0


def test_it_prints_the_key_alone_and_the_base_urls_beside_it() -> None:
    out, err, code = command()
    assert code == 0
    assert Asker("reapi", out.strip()).send("GET", "/balance").json == {"credits": 100_000}
    for base in ("reapi/api/v1", "apimart", "evolink", "ark/api/v3"):
        assert f"http://localhost:8000/sandbox/{base}\n" in err
    assert "$100.00" in err
    assert out.strip() not in err


@pytest.mark.parametrize("vendor", VENDORS)
def test_its_key_opens_every_vendor(vendor: str) -> None:
    plain = command("--credits", "5000")[0].strip()
    assert Asker(vendor, plain).created()


def test_the_credit_is_in_thousandths_of_a_dollar() -> None:
    command("--credits", "1")
    assert Key.objects.get().micro_usd == 1000


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "", "1e9", "1000000001", "9" * 5000, "٣"])
def test_any_other_number_is_refused_in_a_sentence(text: str) -> None:
    out, err, code = command(f"--credits={text}")
    assert (out, code) == ("", 1)
    assert err.startswith("--credits must be a whole number from 1 to 1000000000")
    assert not Key.objects.exists()


@override_settings(SANDBOX=False)
def test_without_the_sandbox_it_says_how_to_turn_it_on() -> None:
    out, err, code = command()
    assert (out, code) == ("", 1)
    assert "Set SANDBOX=on" in err


def test_a_database_that_is_away_is_a_sentence_too() -> None:
    with patch("storyboard.sandbox.actions.open_key", side_effect=OperationalError("no such table\nmore")):
        out, err, code = command()
    assert (out, code) == ("", 1)
    assert "no such table. Is it running" in err
