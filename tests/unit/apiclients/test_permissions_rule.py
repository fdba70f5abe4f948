"""Rule 2 for assigning: what stands in the way, and how it is said."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from apiclients.delegation import why_not
from console import policy
from gateways.keycloak.models import Roles
from tests.factories import make_actor

OWNERS = ("", "production", "realm-management", "north-realm")
NAMES = ("reader", "admin", "administer-account", "manage-users")
PAIRS = st.frozensets(st.tuples(st.sampled_from(OWNERS), st.sampled_from(NAMES)))
ADMINISTRATORS = {"realm-management", "north-realm"}


def roles(*names: str) -> Roles:
    """`name` is a role of the realm, `owner:name` one of a client."""
    pairs = [name.rpartition(":") for name in names]
    return Roles.from_pairs((owner, name) for owner, _, name in pairs)


def bars(contained: Roles, person: Roles, *delegable: str) -> list[str]:
    return policy.bars_assigning(contained, person, delegable=delegable)


@pytest.mark.parametrize(
    "person", [roles("administer-account"), roles("administer-clients")]
)
@pytest.mark.parametrize(
    "name",
    [
        "realm-management:query-users",
        "master-realm:view-users",
        "admin",
        "create-realm",
    ],
)
def test_nobody_assigns_what_administers_keycloak(person: Roles, name: str) -> None:
    assert bars(roles(name), person | roles(name), name) == [name]
    assert bars(roles("reader", name), person | roles(name), "reader", name) == [name]


def test_administering_the_account_allows_everything_else() -> None:
    assert bars(roles("reader", "production:write"), roles("administer-account")) == []


def test_a_role_needs_all_that_is_in_it() -> None:
    person = roles("administer-clients", "reader")

    assert bars(roles("reader"), person) == []
    assert bars(roles("team", "reader"), person) == ["team"]
    assert bars(roles("team", "reader", "production:write"), person, "team") == [
        "production:write"
    ]


@given(contained=PAIRS, person=PAIRS, delegable=PAIRS)
def test_what_is_allowed_is_within_what_the_person_may(
    contained: frozenset[tuple[str, str]],
    person: frozenset[tuple[str, str]],
    delegable: frozenset[tuple[str, str]],
) -> None:
    held, given_roles = Roles.from_pairs(person), Roles.from_pairs(contained)
    names = Roles.from_pairs(delegable).names

    if not bars(given_roles, held, *names):
        assert not {owner for owner, _ in contained} & ADMINISTRATORS
        assert ("", "admin") not in contained
        beyond = set(given_roles.names) - set(held.names) - set(names)
        assert not beyond or ("", "administer-account") in person


@pytest.mark.parametrize(
    ("role", "inside", "told"),
    [
        ("reader", [], ""),
        ("writer", [], "You do not hold it."),
        ("team", ["reader"], "You do not hold it."),
        ("team", ["writer"], "It gives writer, which you do not hold."),
        (
            "team",
            ["production:write", "writer", "reader"],
            "It gives production:write, writer, which you do not hold.",
        ),
        (
            "realm-management:manage-users",
            [],
            "It administers Keycloak itself, so no API client gets it.",
        ),
        (
            "team",
            ["realm-management:manage-users", "writer"],
            (
                "It contains realm-management:manage-users, "
                "which administers Keycloak itself."
            ),
        ),
    ],
)
def test_the_reason_in_words(
    settings: Settings, role: str, inside: list[str], told: str
) -> None:
    settings.DELEGABLE_ROLES = ["reader"]
    actor = make_actor(roles=roles("administer-clients"), roles_read_at=time.time())

    assert why_not(roles(role), roles(role, *inside), actor) == told
