"""Hostile values in what is done to an API client: confirmations, roles, tokens."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import strategies as st

from tests.pages import as_htmx
from tests.screens.apiclients_permissions.roles import role_id
from tests.screens.apiclients_tokens.asking import as_token
from tests.screens.fuzz.hostile import documents, new_key, texts, values
from tests.screens.fuzz.sending import Fuzzer, sends

Fields = dict[str, list[str]]
DEEDS: Mapping[str, Fields] = {
    "disable": {"reason": ["-"], "operation": []},
    "enable": {"reason": ["-"], "operation": []},
    "delete": {"confirm": ["-"], "reason": ["-"], "operation": []},
    "secret-show": {"operation": []},
    "secret-copy": {"operation": []},
    "secret-regenerate": {"reason": ["-"], "operation": []},
    "permissions-assign": {"q": [], "roles": [], "search": [], "operation": []},
    "permission-remove": {"role": [], "operation": []},
    "token-download": {"operation": []},
    "token-inspect": {"token": []},
    "token-test": {"operation": []},
    "token-revoke": {"reason": ["-"], "operation": []},
}
CHEAP = ("disable", "permission-remove", "secret-copy", "token-revoke")
KINDS = st.sampled_from(["JWT", "at+jwt", "Bearer", None])


@sends(120)
@pytest.mark.parametrize("deed", [name for name in DEEDS if name not in CHEAP])
def test_deed_takes_whatever_is_typed(fuzzer: Fuzzer, target: str, deed: str) -> None:
    _run(fuzzer, target, deed)


@sends(300)
@pytest.mark.parametrize("deed", CHEAP)
def test_deed_that_redirects_takes_whatever_is_typed(
    fuzzer: Fuzzer, target: str, deed: str
) -> None:
    _run(fuzzer, target, deed)


def _run(fuzzer: Fuzzer, target: str, deed: str) -> None:
    good = DEEDS[deed]
    address = reverse(f"apiclients:{deed}", args=[target])

    def attack(bad: Fields) -> None:
        fuzzer.post(address, {**good, "operation": [new_key()], **bad})

    fields = st.dictionaries(st.sampled_from([*good]), values(), min_size=1)
    fuzzer.run(fields, attack)


@sends(210)
def test_a_removed_role_and_a_ticked_one_may_be_anything(
    fuzzer: Fuzzer, target: str
) -> None:
    good = role_id("reports-reader")
    assign = reverse("apiclients:permissions-assign", args=[target])
    pages = (assign, reverse("apiclients:permissions", args=[target]))

    def attack(bad: list[str]) -> None:
        fields = {"roles": [good, *bad], "q": bad[:1], "operation": [new_key()]}
        fuzzer.post(assign, fields)
        fuzzer.post(assign, {**fields, "search": [""]})
        fuzzer.get(pages[len(bad) % 2])

    fuzzer.run(st.lists(texts(), max_size=3), attack, each=3)


@sends(400)
def test_inspected_token_may_claim_anything(fuzzer: Fuzzer, target: str) -> None:
    address = reverse("apiclients:token-inspect", args=[target])
    claims = st.dictionaries(
        st.sampled_from(
            ["iss", "azp", "exp", "iat", "nbf", "jti", "aud", "realm_access", "scope"]
        ),
        st.one_of(documents(), st.dictionaries(st.just("roles"), documents())),
        max_size=5,
    )
    headers = st.fixed_dictionaries({"alg": documents(), "typ": KINDS, "kid": texts()})

    def attack(parts: tuple[Any, Any]) -> None:
        fields = {"token": [as_token(*parts)]}
        htmx = {f"HTTP_{n.upper()}": v for n, v in as_htmx("inspection").items()}
        fuzzer.post(address, fields, **htmx)

    fuzzer.run(st.tuples(headers, claims), attack)


@sends(200)
def test_an_inspected_token_that_says_it_is_the_clients_may_claim_anything(
    fuzzer: Fuzzer, target: str
) -> None:
    address = reverse("apiclients:token-inspect", args=[target])

    def attack(value: Any) -> None:
        claims = {"azp": "svc-reports", "iss": value, "exp": value, "iat": value}
        roles = {"realm_access": value, "resource_access": {"production": value}}
        fuzzer.post(address, {"token": [as_token({"alg": "RS256"}, claims | roles)]})

    fuzzer.run(documents(), attack)
