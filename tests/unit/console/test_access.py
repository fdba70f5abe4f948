"""Who is at the screen: roles at most 60 s old to read, live ones to change."""

import json
import time
from dataclasses import fields, replace
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from console import access
from console.access import Actor, ConfirmedActor, RightLostError, require_role
from gateways.errors import UnavailableError
from gateways.keycloak.models import Roles
from tests.factories import CLIENT_ADMIN, make_actor
from tests.sandbox_control import SandboxControl

ROLES_CALL = "generate-example-access-token"


@pytest.fixture
def bob(people: dict[str, Actor], keycloak: SandboxControl) -> Actor:
    """client-admin, whose roles were read a minute ago."""
    actor = people["client-admin"]
    access.read_roles(actor.subject)
    keycloak.forget_calls()
    return replace(actor, roles_read_at=time.time() - 60)


@require_role
def view(request: Any) -> HttpResponse:
    return HttpResponse(" ".join(sorted(request.actor.roles.realm)))


def request_of(actor: Actor | None, path: str = "/audit/", **headers: str) -> Any:
    request: Any = RequestFactory().get(path, headers=headers)
    request.session = SessionStore()
    if actor:
        access.remember(request.session, actor)
    request.actor = actor
    request.request_id = "req-7"
    request.htmx = HtmxDetails(request)
    return request


def role_calls(keycloak: SandboxControl) -> list[str]:
    return [call for call in keycloak.calls() if ROLES_CALL in call]


def take_role_away(keycloak: SandboxControl) -> None:
    keycloak.give_roles("client-admin", realm=["administer-clients"], remove=True)


def test_roles_read_less_than_60_s_ago_are_not_read_again(
    bob: Actor, keycloak: SandboxControl
) -> None:
    request = request_of(replace(bob, roles_read_at=time.time() - 59))
    take_role_away(keycloak)

    assert "administer-clients" in view(request).text
    assert role_calls(keycloak) == []


def test_roles_read_60_s_ago_are_read_again_and_remembered(
    bob: Actor, keycloak: SandboxControl
) -> None:
    keycloak.give_roles("client-admin", realm=["administer-account"])
    request = request_of(bob)

    answer = view(request)

    assert "administer-account" in answer.text.split()
    assert len(role_calls(keycloak)) == 1
    remembered = access.recall(request.session, request)
    assert remembered is not None
    assert "administer-account" in remembered.roles.realm
    assert time.time() - remembered.roles_read_at < 10
    assert (remembered.subject, remembered.name) == (bob.subject, bob.name)


def test_a_role_that_was_taken_away_is_noticed_after_60_s(
    bob: Actor, keycloak: SandboxControl
) -> None:
    take_role_away(keycloak)

    with pytest.raises(RightLostError) as caught:
        view(request_of(bob))

    assert caught.value.actor.username == "client-admin"
    assert "administer-clients" not in caught.value.actor.roles.realm


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_before"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 503},
        {"action": "status", "status": 403},
        {"action": "garbage"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_while_keycloak_does_not_answer_the_last_known_roles_are_kept(
    bob: Actor, keycloak: SandboxControl, fault: dict[str, Any]
) -> None:
    keycloak.fail("GET", ROLES_CALL, times=None, **fault)
    request = request_of(bob)

    assert "administer-clients" in view(request).text
    remembered = access.recall(request.session, request)
    assert remembered is not None
    assert remembered.roles_read_at == bob.roles_read_at, "they are no newer for it"


def test_a_person_who_is_gone_from_keycloak_has_no_roles(
    bob: Actor, keycloak: SandboxControl
) -> None:
    gone = replace(bob, subject="00000000-0000-4000-8000-000000000000")

    with pytest.raises(RightLostError):
        view(request_of(gone))


def test_a_person_without_a_role_is_refused(people: dict[str, Actor]) -> None:
    with pytest.raises(RightLostError):
        view(request_of(people["visitor"]))


def test_confirming_reads_the_roles_even_when_they_were_read_just_now(
    bob: Actor, keycloak: SandboxControl
) -> None:
    actor = replace(bob, roles_read_at=time.time(), address="192.0.2.7")

    confirmed = access.confirm(replace(actor, roles=Roles()))

    assert type(confirmed) is ConfirmedActor
    assert "administer-clients" in confirmed.roles.realm
    assert len(role_calls(keycloak)) == 1
    same = [f.name for f in fields(Actor) if not f.name.startswith("roles")]
    for name in same:
        assert getattr(confirmed, name) == getattr(actor, name)


def test_confirming_a_right_that_is_lost_raises(
    bob: Actor, keycloak: SandboxControl
) -> None:
    take_role_away(keycloak)

    with pytest.raises(RightLostError):
        access.confirm(replace(bob, roles_read_at=time.time()))


def test_confirming_without_keycloaks_word_raises(
    bob: Actor, keycloak: SandboxControl
) -> None:
    keycloak.fail("GET", ROLES_CALL, "drop_before", times=None)

    with pytest.raises(UnavailableError):
        access.confirm(replace(bob, roles_read_at=time.time()))


def test_an_actor_is_not_confirmed_by_remembering() -> None:
    request = request_of(make_actor())

    recalled = access.recall(request.session, request)

    assert recalled is not None
    assert not isinstance(recalled, ConfirmedActor)


def test_a_session_remembers_the_person_and_no_token() -> None:
    roles = Roles(frozenset({"a", "b"}), frozenset({("realm-management", "x")}))
    request = request_of(make_actor(roles=roles, address="", request_id="-"))
    stored = request.session[access.PERSON]
    request.session[access.PERSON] = json.loads(json.dumps(stored))

    recalled = access.recall(request.session, request)

    assert recalled is not None
    assert recalled.roles == roles
    assert (recalled.address, recalled.request_id) == ("127.0.0.1", "req-7")
    assert not [name for name in stored if "token" in name]


def test_nobody_is_recalled_from_an_empty_session() -> None:
    request = request_of(None)

    assert access.recall(request.session, request) is None


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Bob Tanaka", "BT"),
        ("bob", "B"),
        ("Ana María de la Cruz", "AC"),
        ("  ", "C"),
        ("", "C"),
        ("Élise Øst", "ÉØ"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert make_actor(name=name).initials == initials


def test_signed_out_one_is_sent_to_sign_in_and_back() -> None:
    answer = view(request_of(None, "/audit/?person=bob&action="))

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Faudit%2F%3Fperson%3Dbob%26action%3D"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/audit/?x=1", "%2Faudit%2F%3Fx%3D1"),
        ("https://evil.example/audit/", "%2F"),
        ("", "%2F"),
    ],
)
def test_signed_out_a_post_leads_back_to_the_page_with_its_form(
    page: str, back: str
) -> None:
    request = request_of(None, "/api-clients/refresh/", Referer=page)
    request.method = "POST"

    assert view(request)["Location"] == f"/sign-in/?next={back}"


def test_signed_out_a_script_is_told_to_leave_the_page_it_is_on() -> None:
    request = request_of(
        None,
        "/audit/?after=abc",
        **{"HX-Request": "true", "HX-Current-URL": "http://testserver/audit/?x=1"},
    )

    answer = view(request)

    assert answer["HX-Redirect"] == "/sign-in/?next=%2Faudit%2F%3Fx%3D1"
    assert "Location" not in answer


def test_signed_out_a_script_on_another_site_is_not_led_back_there() -> None:
    request = request_of(
        None,
        **{"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"},
    )

    assert view(request)["HX-Redirect"] == "/sign-in/?next=%2Faudit%2F"


def test_roles_of_the_demonstration_accounts(people: dict[str, Actor]) -> None:
    assert "administer-account" in people["account-admin"].roles.realm
    assert "administer-clients" in people["client-admin"].roles.realm
    assert not people["visitor"].roles.realm & CLIENT_ADMIN.realm
