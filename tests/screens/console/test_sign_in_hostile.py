"""Sign-ins at a provider that lies: each is refused, with a page that says so.

Names in brackets are those of the OpenID Foundation's conformance suite for relying
parties (oidcc-client-test-…), where it has the case.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from joserfc.jwk import OctKey

from console.access import Actor
from console.auth import provider as oidc_provider
from tests.pages import read_page
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners
from tests.screens.forging import KEY, STRANGE_KEY, HostileProvider, encode
from tests.screens.provider import is_signed_in, leave_for_provider
from tests.screens.records import entries

NOT_COMPLETED = "That did not work: the sign-in was not completed."
LATER = 3600
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")
Forge = Callable[[HostileProvider], Any]


@pytest.fixture
def provider(
    keycloak: SandboxControl, people: dict[str, Actor], browser: Client
) -> HostileProvider:
    return HostileProvider(
        keycloak, people["client-admin"], leave_for_provider(browser)
    )


@pytest.fixture
def browser(keycloak: SandboxControl) -> Client:
    return Client()


def assert_refused(browser: Client, response: Any) -> None:
    page = read_page(response)
    assert response.status_code in {400, 503}
    assert "not completed" in banners(page)[0] or "not answering" in banners(page)[0]
    assert not is_signed_in(browser)
    assert entries() == []


def claiming(**claims: Any) -> Forge:
    return lambda provider: provider.sign(**claims)


def with_header(**header: Any) -> Forge:
    return lambda provider: encode(provider.honest, **header)


def in_seconds(claim: str, seconds: int) -> Forge:
    return lambda provider: provider.sign(**{claim: int(time.time()) + seconds})


def signed_by_nobody(provider: HostileProvider) -> str:
    head = _part({"alg": "none", "typ": "JWT"})
    return f"{head}.{_part(provider.honest)}."


def with_public_key_as_secret(provider: HostileProvider) -> str:
    """By hand: no library here would sign with such a key."""
    text = f"{_part({'alg': 'HS256', 'kid': 'ours'})}.{_part(provider.honest)}"
    secret = KEY.as_pem(private=False)
    signature = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_client_secret(provider: HostileProvider) -> str:
    key = OctKey.import_key(settings.KEYCLOAK_CLIENT_SECRET.encode().ljust(32, b"0"))
    return encode(provider.honest, key, alg="HS256")


def altered(provider: HostileProvider) -> str:
    head, _, signature = provider.sign().split(".")
    return f"{head}.{_part({**provider.honest, 'sub': 'account-admin'})}.{signature}"


def _part(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


FORGERIES: dict[str, Forge] = {
    "another issuer (invalid-iss)": claiming(iss="https://evil.example"),
    "no issuer": claiming(iss=None),
    "the issuer with a slash": lambda p: p.sign(iss=f"{p.honest['iss']}/"),
    "another audience (invalid-aud)": claiming(aud="another-client"),
    "no audience (missing-aud)": claiming(aud=None),
    "an audience without us": claiming(aud=["a", "b"]),
    "issued to another client": claiming(azp="another-client"),
    "two audiences and issued to the other": lambda p: p.sign(
        aud=[p.honest["aud"], "other"], azp="other"
    ),
    "no subject (missing-sub)": claiming(sub=None),
    "an empty subject": claiming(sub=""),
    "a subject that is no text": claiming(sub=7),
    "a subject without end": claiming(sub="s" * 256),
    "another nonce (nonce-invalid)": claiming(nonce="another"),
    "no nonce": claiming(nonce=None),
    "expired": in_seconds("exp", -LATER),
    "without an end": claiming(exp=None),
    "an end that is text": claiming(exp="tomorrow"),
    "issued in the future": in_seconds("iat", LATER),
    "without an instant (missing-iat)": claiming(iat=None),
    "not to be used yet": in_seconds("nbf", LATER),
    "no signature (idtoken-sig-none)": signed_by_nobody,
    "HS256 with the public key": with_public_key_as_secret,
    "HS256 with the client's secret (invalid-sig-hs256)": with_client_secret,
    "by a strange key (invalid-sig-rs256)": lambda p: encode(p.honest, STRANGE_KEY),
    "by a key nobody knows": lambda p: encode(p.honest, STRANGE_KEY, kid="theirs"),
    "altered": altered,
    "a header that must be understood": with_header(crit=["b64"], b64=False),
    "an access token in its place": claiming(typ="Bearer"),
    "a logout token in its place": claiming(typ="Logout"),
    "another hash of the access token (invalid-at-hash)": claiming(at_hash="AAAA"),
    "no token at all": lambda _: "a.b.c",
    "another type": lambda _: ["x"],
    "a number": lambda _: 7,
    "nothing": lambda _: None,
    "without end": lambda p: p.sign(padding="x" * 3_000_000),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_id_token_is_refused(
    browser: Client, provider: HostileProvider, name: str
) -> None:
    provider.publish()
    provider.answer_with(FORGERIES[name](provider))

    response = provider.come_back(browser)

    assert_refused(browser, response)


def test_an_honest_one_is_accepted(browser: Client, provider: HostileProvider) -> None:
    provider.publish()
    provider.answer_with(provider.sign())

    response = provider.come_back(browser)

    assert response.status_code == 302
    assert is_signed_in(browser)


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_a_key_is_never_fetched_from_where_the_token_says(
    browser: Client,
    keycloak: SandboxControl,
    provider: HostileProvider,
    header: str,
) -> None:
    provider.publish()
    address = f"{keycloak.url}/keys"
    token = encode(provider.honest, STRANGE_KEY, kid="theirs", **{header: address})
    provider.answer_with(token)
    keycloak.forget_calls()

    response = provider.come_back(browser)

    assert_refused(browser, response)
    assert not [call for call in keycloak.calls() if "/keys" in call]


@pytest.mark.parametrize(
    "answer",
    [
        {"action": "status", "status": 302, "headers": {"Location": "/elsewhere"}},
        {"action": "status", "status": 200, "body": "[" + "1," * 600_000},
        {"action": "status", "status": 200, "body": "<h1>OK</h1>"},
        {"action": "cut"},
    ],
    ids=["redirecting", "oversized", "a page", "cut"],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "openid-connect/token$"), ("GET", "/certs$")],
    ids=["token", "keys"],
)
def test_an_answer_that_is_none_is_refused(
    browser: Client,
    keycloak: SandboxControl,
    provider: HostileProvider,
    method: str,
    path: str,
    answer: dict[str, Any],
) -> None:
    keycloak.fail(method, path, **answer)

    response = provider.come_back(browser)

    assert_refused(browser, response)


def test_an_answer_that_drips_is_waited_for_only_so_long(
    browser: Client,
    keycloak: SandboxControl,
    provider: HostileProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(oidc_provider, "DEADLINE", 0.2)
    keycloak.fail("POST", "openid-connect/token$", "drip", seconds=60)

    response = provider.come_back(browser)

    assert_refused(browser, response)
