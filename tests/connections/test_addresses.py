"""Which base URLs may be entered, and which name each is bound by."""

import pytest
from django.conf import LazySettings

from storyboard.connections import addresses
from storyboard.connections.addresses import (
    NOT_AN_ADDRESS,
    NOT_HTTPS,
    NOT_PUBLIC,
    can_call_back,
    origin,
    refusal,
    tidy,
)
from storyboard.connections.vendors import models_at
from storyboard.providers import catalog
from storyboard.providers.ark import CHINA_URL


@pytest.mark.parametrize("url", [*(vendor.base_url for vendor in catalog.vendors()), CHINA_URL, "https://8.8.8.8/v1"])
def test_the_vendors_own_addresses_may_be_used(url: str) -> None:
    assert refusal(url) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://reapi.ai/api/v1", NOT_HTTPS),
        ("https://127.0.0.1/", NOT_PUBLIC),
        ("https://10.1.2.3:8443/v1", NOT_PUBLIC),
        ("https://172.16.0.1", NOT_PUBLIC),
        ("https://192.168.1.1", NOT_PUBLIC),
        ("https://169.254.169.254/latest", NOT_PUBLIC),
        ("https://100.64.0.1", NOT_PUBLIC),
        ("https://0.0.0.0", NOT_PUBLIC),
        ("https://224.0.0.1", NOT_PUBLIC),
        ("https://[::1]/", NOT_PUBLIC),
        ("https://[fe80::1]/", NOT_PUBLIC),
        ("https://[fc00::1]/", NOT_PUBLIC),
        ("https://[::ffff:127.0.0.1]/", NOT_PUBLIC),
        ("https://2130706433/", NOT_PUBLIC),
        ("https://0x7f000001/", NOT_PUBLIC),
        ("https://0177.0.0.1/", NOT_PUBLIC),
        ("https://127.1/", NOT_PUBLIC),
        ("https://8.8.2056/", NOT_PUBLIC),
        ("https://localhost/", NOT_PUBLIC),
        ("https://db/", NOT_PUBLIC),
        ("https://a.localhost/", NOT_PUBLIC),
        ("https://printer.local/", NOT_PUBLIC),
        ("https://vault.internal/", NOT_PUBLIC),
        ("https://reapi.ai./", NOT_PUBLIC),
        ("https://-a.example.com/", NOT_PUBLIC),
        ("https://user:pass@reapi.ai/", NOT_AN_ADDRESS),
        ("https://reapi.ai@evil.example.com/", NOT_AN_ADDRESS),
        ("https://reapi.ai/?key=1", NOT_AN_ADDRESS),
        ("https://reapi.ai/#x", NOT_AN_ADDRESS),
        ("https://reapi.ai\\@evil.example.com/", NOT_AN_ADDRESS),
        ("https://reapi.ai:99999/", NOT_AN_ADDRESS),
        ("https://reapi.ai:0/", NOT_AN_ADDRESS),
        ("https://[::1/", NOT_AN_ADDRESS),
        ("https://re api.ai/", NOT_AN_ADDRESS),
        ("https://reapi\u3002ai/", NOT_AN_ADDRESS),
        ("https:///v1", NOT_AN_ADDRESS),
        ("ftp://reapi.ai/", NOT_AN_ADDRESS),
        ("file:///etc/passwd", NOT_AN_ADDRESS),
        ("reapi.ai", NOT_AN_ADDRESS),
        ("", NOT_AN_ADDRESS),
        ("https://" + "a" * 200 + ".example.com", NOT_AN_ADDRESS),
    ],
)
def test_any_other_address_is_refused_with_what_to_do(url: str, why: str) -> None:
    assert refusal(url) == why


def test_the_operator_may_name_private_hosts_one_by_one(settings: LazySettings) -> None:
    settings.VENDOR_HOSTS = frozenset({"10.0.0.7:8443", "gateway.local:80", "[::1]:9000"})
    for url in ("http://10.0.0.7:8443/v1", "https://10.0.0.7:8443", "http://GATEWAY.local/v1", "http://[::1]:9000"):
        assert refusal(url) == ""
    assert refusal("https://10.0.0.7/v1") == NOT_PUBLIC
    assert refusal("https://10.0.0.8:8443/v1") == NOT_PUBLIC


def test_the_built_in_vendor_may_always_be_used(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    assert refusal("http://localhost:8000/sandbox/reapi/api/v1") == ""
    assert refusal("http://localhost:8001/sandbox/reapi/api/v1") == NOT_HTTPS


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8000/sandbox/reapi/api/v1", True),
        ("http://[::1]:8000/sandbox/reapi/api/v1", True),
        ("https://127.0.0.1:8000/sandbox/reapi/api/v1", True),
        ("http://127.0.0.1:8001/sandbox/reapi/api/v1", False),
        ("http://192.168.0.7:8000/sandbox/reapi/api/v1", False),
    ],
)
def test_another_name_of_this_app_is_answered_with_its_own(settings: LazySettings, url: str, ours: bool) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    assert ("it goes by http://localhost:8000." in refusal(url)) is ours
    settings.PUBLIC_URL = "https://films.example.com"
    assert "films.example.com" not in refusal(url)


@pytest.mark.parametrize(
    ("url", "bound"),
    [
        ("https://API.example.com/v1", "https://api.example.com:443"),
        ("https://api.example.com:443", "https://api.example.com:443"),
        ("http://[::1]:80/x", "http://[::1]:80"),
    ],
)
def test_one_host_has_one_name(url: str, bound: str) -> None:
    assert origin(url) == bound


def test_an_address_is_kept_tidy() -> None:
    assert tidy(" https://API.Example.com/V1/ ") == "https://api.example.com/V1"


@pytest.mark.parametrize(
    ("vendor", "public_url", "called"),
    [
        ("evolink", "https://films.example.com", True),
        ("evolink", "http://films.example.com", False),
        ("evolink", "https://192.168.1.2", False),
        ("ark", "http://films.example.com", True),
        ("ark", "https://films.example.com:8443", True),
        ("apimart", "http://films.example.com", True),
        ("apimart", "https://films.example.com:8443", False),
        ("apimart", "https://films.local", False),
        ("ark", "http://localhost:8000", False),
        ("reapi", "https://films.example.com", False),
    ],
)
def test_each_vendor_calls_back_only_where_it_can(
    settings: LazySettings, vendor: str, public_url: str, called: bool
) -> None:
    settings.PUBLIC_URL = public_url
    assert can_call_back(catalog.vendor(vendor), catalog.vendor(vendor).base_url) is called


def test_the_sandbox_can_always_call_and_an_operator_has_the_last_word(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    evolink, sandbox = catalog.vendor("evolink"), "http://localhost:8000/sandbox/evolink"
    assert can_call_back(evolink, sandbox)
    settings.CALLBACKS = "never"
    assert not can_call_back(evolink, sandbox)
    settings.CALLBACKS = "always"
    assert can_call_back(evolink, evolink.base_url)
    assert not can_call_back(catalog.vendor("reapi"), sandbox)


def test_each_ark_model_is_known_at_one_of_its_two_hosts() -> None:
    abroad = {model.id for model in models_at("ark", catalog.vendor("ark").base_url)}
    in_china = {model.id for model in models_at("ark", CHINA_URL)}
    every = {model.id for model in catalog.models("ark")}
    assert abroad & in_china == set()
    assert abroad | in_china == every == {model.id for model in models_at("ark", "https://gateway.example.com")}
    assert all(name.startswith("doubao-") for name in in_china)


@pytest.mark.parametrize(
    ("url", "vendor", "called"),
    [
        ("http://127.0.0.1:9000/api/v3", "ark", True),
        ("http://127.0.0.1:9000", "evolink", False),
        ("https://vendor.example.com/api/v3", "ark", False),
        ("http://127.0.0.1:9000/api/v1", "reapi", False),
    ],
)
def test_a_vendor_of_our_own_network_can_call_back(settings: LazySettings, url: str, vendor: str, called: bool) -> None:
    """EvoLink calls by https alone, and reAPI calls nobody."""
    settings.PUBLIC_URL = "http://localhost:8000"
    assert addresses.can_call_back(catalog.vendor(vendor), url) is called
