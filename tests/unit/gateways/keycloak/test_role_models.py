"""What the console makes of roles as Keycloak describes them."""

from typing import Any

import pytest

from gateways.keycloak.models import Role, Roles


def test_roles_are_read_from_a_token() -> None:
    roles = Roles.from_token(
        {
            "realm_access": {"roles": ["reader", "writer", "reader"]},
            "resource_access": {
                "production": {"roles": ["access-datasets"]},
                "staging": {"roles": ["access-datasets", "manage-clusters"]},
                "empty": {"roles": []},
            },
        }
    )

    assert roles.realm == {"reader", "writer"}
    assert roles.client == {
        ("production", "access-datasets"),
        ("staging", "access-datasets"),
        ("staging", "manage-clusters"),
    }


@pytest.mark.parametrize(
    "claims", [{}, {"realm_access": {}}, {"resource_access": {}}], ids=str
)
def test_a_token_without_roles_has_none(claims: dict[str, Any]) -> None:
    assert Roles.from_token(claims) == Roles()


@pytest.mark.parametrize(
    "claims",
    [
        {"resource_access": {"production": {}}},
        {"resource_access": ["production"]},
        {"resource_access": {"production": None}},
        {"realm_access": ["reader"]},
        {"realm_access": {"roles": None}},
        {"realm_access": {"roles": [["reader"]]}},
    ],
    ids=str,
)
def test_roles_that_make_no_sense_are_not_taken_for_none(
    claims: dict[str, Any],
) -> None:
    # Kinds of error that a transport makes an unreadable answer of.
    with pytest.raises((KeyError, TypeError, AttributeError)):
        Roles.from_token(claims)


A = Roles(frozenset({"a", "b"}), frozenset({("p", "x")}))
B = Roles(frozenset({"b"}), frozenset({("p", "x"), ("p", "y")}))


def test_roles_are_added_and_taken_away() -> None:
    added, left = A | B, A - B

    assert added.realm == {"a", "b"}
    assert added.client == {("p", "x"), ("p", "y")}
    assert left == Roles(frozenset({"a"}))
    assert not A - A
    assert bool(B - A) is True


def test_roles_are_named_as_settings_write_them() -> None:
    assert A.names == ["a", "b", "p:x"]
    assert Roles().names == []


def test_roles_come_in_pairs() -> None:
    assert A.pairs == [("", "a"), ("", "b"), ("p", "x")]
    assert Roles.from_pairs(A.pairs) == A
    assert Roles.from_pairs([]) == Roles()


@pytest.mark.parametrize(
    ("owner", "expected"),
    [("", Roles(realm=frozenset({"r"}))), ("p", Roles(client=frozenset({("p", "r")})))],
)
def test_a_role_alone(owner: str, expected: Roles) -> None:
    assert Role("1", "r", owner, composite=True).as_roles == expected


@pytest.mark.parametrize(
    ("text", "description"),
    [("Read", "Read"), (None, ""), ("${role_offline-access}", "")],
)
def test_a_role_is_described_in_words(text: str | None, description: str) -> None:
    data = {"id": "1", "name": "a", "description": text}

    assert Role.from_json(data).description == description


def test_a_role_is_read() -> None:
    data = {"id": "1", "name": "reader", "composite": True, "clientRole": False}

    assert Role.from_json(data) == Role("1", "reader", "", composite=True)
    assert Role.from_json({"id": "1", "name": "a"}, "production") == Role(
        "1", "a", "production", composite=False
    )


@pytest.mark.parametrize("roles", ["reader", [1], [["reader"]], {"reader": 1}], ids=str)
def test_roles_that_are_no_texts_are_not_read(roles: Any) -> None:
    with pytest.raises(TypeError):
        Roles.from_token({"realm_access": {"roles": roles}})


@pytest.mark.parametrize("name", ["id", "name", "description"])
def test_a_role_whose_fields_are_no_texts_is_not_read(name: str) -> None:
    with pytest.raises(TypeError):
        Role.from_json({"id": "r1", "name": "reader", name: ["x"]})
