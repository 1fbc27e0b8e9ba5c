"""The four vendors' files are alike from outside: each has every name that preflight, the client and others ask for."""

from types import ModuleType

import pytest

from storyboard.providers import apimart, ark, catalog, evolink, outcomes, reapi
from storyboard.providers.dispatch import VendorFile, vendor_file
from storyboard.providers.http import Client
from storyboard.providers.outcomes import Listing, Vendor
from storyboard.providers.secret import Secret

# The type checker holds each module to its protocol here; what runs below looks for the names only.
ASKED: dict[str, Vendor] = {"reapi": reapi, "apimart": apimart, "evolink": evolink, "ark": ark}
WHOLE: dict[str, VendorFile] = {"reapi": reapi, "apimart": apimart, "evolink": evolink, "ark": ark}
LISTS: Listing = ark
FILES: dict[str, ModuleType] = {"reapi": reapi, "apimart": apimart, "evolink": evolink, "ark": ark}
# Of 429 and 503, what the vendor’s pages say to send again later.
COME_BACK = {"reapi": {429}, "apimart": {429}, "evolink": {429, 503}, "ark": {429}}
# Vendor, status, error object; the code and the words of the sentence that are made of it.
REFUSALS = [
    ("reapi", 402, {"code": 30001, "message": "Insufficient credits"}, "30001", "Top it up"),
    ("reapi", 401, {"code": 10004, "message": None}, "10004", "revoked"),
    ("reapi", 400, {"code": 29999, "message": "New"}, "29999", ""),
    ("apimart", 402, {"code": 402, "type": "payment_required"}, "402", "out of money"),
    ("apimart", 418, {"code": 418, "type": "teapot"}, "418", ""),
    ("evolink", 401, {"code": 401, "type": "authentication_error"}, "authentication_error", "Enter it again"),
    ("evolink", 402, {"code": 402, "type": "insufficient_quota_error"}, "insufficient_quota_error", "Top it up"),
    ("evolink", 400, {"code": "content_policy_violation"}, "content_policy_violation", "check refused"),
    ("evolink", 418, {"code": 418, "type": "teapot"}, "teapot", ""),
    ("ark", 429, {"code": "RateLimitExceeded"}, "RateLimitExceeded", "in a minute"),
    ("ark", 400, {"code": "InputTextSensitiveContentDetected.New"}, "InputTextSensitiveContentDetected.New", "prompt"),
    ("ark", 418, {"code": "Teapot"}, "Teapot", ""),
]


def names(protocol: type) -> set[str]:
    """Its members and those of the protocols that it extends."""
    return {name for name in dir(protocol) if not name.startswith("_")}


def test_every_vendor_is_looked_at() -> None:
    assert list(ASKED) == list(WHOLE) == list(FILES) == list(COME_BACK) == list(catalog.VENDOR_FILES)


def test_what_the_client_asks_for_is_part_of_a_whole_file() -> None:
    assert {"SUBMIT", "FETCH", "BALANCE", "NOT_ACCEPTED", "parse_submit", "refusal"} < names(Vendor) < names(VendorFile)
    assert vendor_file("reapi").ROWS is reapi.ROWS


@pytest.mark.parametrize("vendor", FILES)
def test_a_vendors_file_has_every_name_and_lists_it(vendor: str) -> None:
    file = FILES[vendor]
    wanted = names(VendorFile) | (names(Listing) if vendor == "ark" else set())
    assert wanted <= set(file.__all__)
    assert wanted <= set(dir(file))


@pytest.mark.parametrize("vendor", FILES)
def test_only_a_vendor_that_lists_and_cancels_is_taken_for_one(vendor: str) -> None:
    says = catalog.vendor(vendor)
    assert isinstance(FILES[vendor], outcomes.Listing) is says.can_list is says.can_cancel is (vendor == "ark")


@pytest.mark.parametrize("vendor", FILES)
def test_a_file_found_by_its_vendor_can_be_given_to_the_client(vendor: str) -> None:
    found = vendor_file(vendor)
    assert Client(found, found.ROWS.vendor.base_url, Secret("sk-12345678")).vendor is FILES[vendor]


@pytest.mark.parametrize("vendor", FILES)
def test_a_vendor_says_of_which_answers_a_request_may_be_sent_again(vendor: str) -> None:
    assert COME_BACK[vendor] == ASKED[vendor].NOT_ACCEPTED


@pytest.mark.parametrize(("vendor", "status", "error", "code", "words"), REFUSALS)
def test_a_refusal_has_the_sentence_of_the_vendors_own_table(
    vendor: str, status: int, error: dict[str, object], code: str, words: str
) -> None:
    found = ASKED[vendor].refusal(status, {"error": error})
    assert found[:2] == (code, error.get("message") or "")
    assert words in found[2]
    assert bool(found[2]) == bool(words)


@pytest.mark.parametrize(
    "raw", [{}, {"error": None}, {"error": "no"}, {"error": []}, {"error": {}}, {"error": {"code": {}}}]
)
@pytest.mark.parametrize("vendor", FILES)
def test_a_refusal_that_says_nothing_is_given_no_words(vendor: str, raw: dict[str, object]) -> None:
    assert ASKED[vendor].refusal(418, raw) == ("", "", "")
