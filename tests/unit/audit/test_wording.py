"""Entries as sentences: all of today's, and whatever old ones may hold."""

from typing import Any

import pytest

from audit import wording
from audit.models import Action, Record
from audit.wording import category, describe_changes, lifespan, sentence

HOSTILE = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"


def record(action: str, **values: Any) -> Record:
    return Record(action=action, **{"object_name": "etl-prod", **values})


@pytest.mark.parametrize("action", Action)
def test_every_action_has_wording_and_a_category(action: Action) -> None:
    done = sentence(record(action), done=True)
    tried = sentence(record(action), done=False)

    assert action.value not in done
    assert "{" not in done + tried
    assert done[0].isupper()
    assert category(record(action)) in {"Auth", "Admin", "Secret"}
    about_an_object = not action.startswith(("session.", "list.", "audit."))
    assert ("<b>etl-prod</b>" in done) is about_an_object
    assert ("<b>etl-prod</b>" in tried) is about_an_object


def test_there_is_no_wording_for_what_is_no_action() -> None:
    assert set(wording.SENTENCES) == set(Action)


@pytest.mark.parametrize(
    ("action", "done", "tried"),
    [
        (Action.CLIENT_DELETE, "Deleted {}", "Tried to delete {}"),
        (
            Action.SECRET_REGENERATE,
            "Regenerated the secret of {}",
            "Tried to regenerate the secret of {}",
        ),
        (Action.SIGN_IN, "Signed in", "Tried to sign in"),
    ],
)
def test_a_sentence_says_whether_it_was_done(
    action: Action, done: str, tried: str
) -> None:
    name = "<b>etl-prod</b>"

    assert sentence(record(action), done=True) == done.format(name)
    assert sentence(record(action), done=False) == tried.format(name)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Action.SIGN_IN, "Auth"),
        (Action.ACCESS_REFUSE, "Auth"),
        (Action.CLIENT_CREATE, "Admin"),
        (Action.SECRET_COPY, "Secret"),
        ("client_secretive.x", "Admin"),
        ("", "Admin"),
    ],
)
def test_categories(action: str, expected: str) -> None:
    assert category(record(action)) == expected


@pytest.mark.parametrize("action", ["client.frobnicate", "", HOSTILE])
def test_an_action_of_another_version_shows_its_raw_name(action: str) -> None:
    for done in (True, False):
        text = sentence(record(action), done=done)

        assert "<img" not in text
        assert text.endswith("<b>etl-prod</b>")
    assert "client.frobnicate" in sentence(record("client.frobnicate"), done=True)


@pytest.mark.parametrize("action", [*Action, "unknown"])
@pytest.mark.parametrize("done", [True, False])
def test_markup_in_names_and_values_is_escaped(action: str, done: bool) -> None:
    changes = {HOSTILE: {"before": HOSTILE, "after": HOSTILE}}

    text = sentence(record(action, object_name=HOSTILE, changes=changes), done=done)

    assert "<img" not in text
    if "<b>" in text:
        assert ESCAPED in text


@pytest.mark.parametrize("name", ["{}", "{0}", "{action}", "%s", "{", "b{}d"])
def test_braces_in_a_name_are_text(name: str) -> None:
    assert f"<b>{name}</b>" in sentence(
        record(Action.CLIENT_DELETE, object_name=name), done=True
    )


def change(name: str, before: Any, after: Any) -> Record:
    changes = {name: {"before": before, "after": after}}
    return record(Action.CLIENT_UPDATE, changes=changes)


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        (
            "access_token_lifespan",
            300,
            36000,
            "Set the access token lifespan of {} from 5 minutes to 10 hours",
        ),
        (
            "access_token_lifespan",
            None,
            60,
            "Set the access token lifespan of {} from organization default to 1 minute",
        ),
        ("owner", "", "data", "Set the owner of {} from nothing to data"),
        ("owner", "data", None, "Set the owner of {} from data to nothing"),
        ("enabled", True, False, "Set the enabled of {} from yes to no"),
        ("colour", "red", "blue", "Set the colour of {} from red to blue"),
    ],
)
def test_one_change_is_told_in_the_sentence(
    name: str, before: Any, after: Any, expected: str
) -> None:
    text = sentence(change(name, before, after), done=True)

    assert text == expected.format("<b>etl-prod</b>")


def test_one_change_that_was_only_tried_or_several_are_not_told_so() -> None:
    one = change("owner", "a", "b")
    both = record(Action.CLIENT_UPDATE, changes={"owner": {}, "description": {}})

    assert sentence(one, done=False) == "Tried to change <b>etl-prod</b>"
    assert sentence(both, done=True) == "Changed <b>etl-prod</b>"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        None,
        [],
        ["owner"],
        "owner",
        7,
        {"owner": None},
        {"owner": "data"},
        {"owner": ["a", "b"]},
        {"owner": {}},
        {"owner": {"old": "a", "new": "b"}},
        {"owner": {"before": {"a": 1}, "after": ["b"]}},
        {"access_token_lifespan": {"before": "fast", "after": 1.5}},
        {"access_token_lifespan": {"before": True, "after": -1}},
        {"": {"before": 1}},
    ],
)
@pytest.mark.parametrize("action", [Action.CLIENT_UPDATE, Action.CLIENT_DELETE])
def test_entries_of_another_shape_render(action: Action, changes: Any) -> None:
    old = record(action, changes=changes)

    assert "etl-prod" in sentence(old, done=True)
    for row in describe_changes(changes):
        assert set(row) == {"field", "before", "after"}
        assert all(isinstance(value, str) for value in row.values())


def test_changes_are_described_field_by_field() -> None:
    described = describe_changes(
        {
            "client_id": {"before": None, "after": "etl-prod"},
            "enabled": {"before": True, "after": False},
            "access_token_lifespan": {"before": None, "after": 900},
            "fingerprint": {"before": "9f2c 41aa 7be0"},
            "colour": {"before": HOSTILE, "after": 7},
        }
    )

    assert [tuple(row.values()) for row in described] == [
        ("API Client ID", "", "etl-prod"),
        ("Enabled", "yes", "no"),
        ("Access Token Lifespan", "organization default", "15 minutes"),
        ("Secret fingerprint", "9f2c 41aa 7be0", ""),
        ("colour", HOSTILE, "7"),
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (300, "5 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86400, "1 day"),
        (36000, "10 hours"),
        (864000, "10 days"),
        ("soon", "soon"),
        (None, "None"),
        (1.5, "1.5"),
    ],
)
def test_a_lifespan_is_told_in_the_largest_unit_that_leaves_no_rest(
    seconds: Any, expected: str
) -> None:
    assert lifespan(seconds) == expected


def test_a_lifespan_below_zero_is_as_long_as_the_session() -> None:
    """What Keycloak means by it."""
    assert lifespan(-1) == "as long as the session"
