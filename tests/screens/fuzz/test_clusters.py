"""Hostile values in the forms of clusters, and hostile texts of the Manager."""

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import strategies as st

from tests.sandbox_control import SandboxControl
from tests.screens.clusters.clusters import ANALYTICS, address
from tests.screens.fuzz.hostile import documents, encoded, new_key, texts, values
from tests.screens.fuzz.sending import Fuzzer, sends

Fields = dict[str, list[str]]
GOOD: Fields = {"seen": ["1"], "flags": ["True"], "wanted": ["oauth2"]}
NAMES = ("seen", "flags", "wanted", "reason", "operation")


@pytest.fixture
def sent_nothing(manager: SandboxControl) -> SandboxControl:
    """Each update fails, so that the next form is not hindered by the last."""
    manager.set_updates(restart_seconds=0, end="fail")
    return manager


@sends(400)
def test_restart_takes_whatever_is_typed(
    fuzzer: Fuzzer, sent_nothing: SandboxControl
) -> None:
    path = address("restart")
    fields = st.dictionaries(st.sampled_from(NAMES), values(), min_size=1, max_size=3)

    def attack(bad: Fields) -> None:
        fuzzer.post(path, {**GOOD, "operation": [new_key()], **bad})

    fuzzer.run(fields, attack)


@sends(300)
def test_pages_of_a_cluster_take_any_query(
    fuzzer: Fuzzer, manager: SandboxControl
) -> None:
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "setup"}
    fields = st.dictionaries(
        st.sampled_from(["heard", "later", "seen", "wanted", "reason"]),
        values(),
        min_size=1,
        max_size=3,
    )

    def attack(bad: Fields) -> None:
        query = encoded([(n, v) for n, given in bad.items() for v in given])
        fuzzer.get(address("restart"), query)
        fuzzer.get(address("setup"), query, **htmx)

    fuzzer.run(fields, attack, each=2)


@sends(200)
def test_a_cluster_may_have_any_id(fuzzer: Fuzzer, manager: SandboxControl) -> None:
    def attack(cluster_id: str) -> None:
        # A server takes no longer line.
        shown = cluster_id.replace("/", "")[:1000]
        try:
            path = reverse("clusters:restart", args=[shown or "-"])
        except UnicodeEncodeError:
            path = "/clusters/-/restart/"
        fuzzer.get(path)
        fuzzer.post(path, {**GOOD, "operation": [new_key()]})

    fuzzer.run(texts(), attack, each=2)


@sends(200)
def test_the_manager_may_say_anything(fuzzer: Fuzzer, manager: SandboxControl) -> None:
    """Names, states, messages of updates and events, set in the sandbox."""
    pages = [reverse("clusters:list")]
    pages += [address(name) for name in ("overview", "setup", "flags", "restart")]

    def attack(example: tuple[str, str, Any]) -> None:
        name, text, value = example
        manager.change_cluster(
            "analytics-prod",
            state=text,
            metadata={"environment": text, name: value} if name != "uid" else {},
            spec={"version": text, "master": {"replicas": value}},
            update={"type": "HARD", "state": text, "message": text, "startedAt": text},
        )
        manager.set_updates(message=text)
        for page in pages:
            fuzzer.get(page, upstream=True)

    said = st.tuples(st.sampled_from(["labels", "annotations"]), texts(), documents())
    fuzzer.run(said, attack, each=5)
    assert ANALYTICS in pages[1]
