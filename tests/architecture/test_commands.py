"""The commands that the documentation names exist, and those that exist are named."""

import re

import pytest

from tests.architecture.code import ROOT

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
MAKEFILE = (ROOT / "Makefile").read_text()


def targets() -> set[str]:
    """Those that `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


def mentioned(name: str) -> set[str]:
    text = (ROOT / name).read_text()
    in_code = " ".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", in_code))


def test_targets_were_found() -> None:
    assert {"help", "run", "run-keycloak", "test", "check", "bench"} <= targets()


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, *(f"docs/{f.name}" for f in (ROOT / "docs").glob("*.md"))]
)
def test_a_target_that_a_document_mentions_exists(document: str) -> None:
    assert mentioned(document) <= targets()


def test_every_target_is_documented() -> None:
    assert targets() <= set.union(*map(mentioned, DOCUMENTS))


def test_no_target_is_taken_for_a_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert set(phony.split()) == targets()


def test_continuous_integration_runs_what_a_laptop_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text()

    assert script.rstrip().endswith("exec make test")
    assert "CI=true" in script
