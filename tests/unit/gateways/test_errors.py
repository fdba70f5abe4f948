"""What an error of a service says."""

import inspect

import pytest

from gateways import errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.GatewayError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_the_service_and_the_reason(kind: type[errors.GatewayError]) -> None:
    error = kind("Keycloak", "HTTP 500", status=500, detail="for people")

    assert str(error) == "Keycloak: HTTP 500"
    assert (error.service, error.reason) == ("Keycloak", "HTTP 500")
    assert (error.status, error.detail) == (500, "for people")
    assert error.entry_id is None


def test_only_an_unknown_outcome_may_have_changed_something() -> None:
    others = {errors.GatewayError, errors.OutcomeUnknownError}

    assert {kind for kind in KINDS if not issubclass(kind, errors.RefusedError)} == (
        others
    )
