"""Who may change the feature flags of which cluster."""

import pytest

from console.policy import may_change_flags
from gateways.keycloak.models import Roles


def roles(*realm: str, **client: str) -> Roles:
    return Roles(frozenset(realm), frozenset(client.items()))


@pytest.mark.parametrize(
    ("held", "environment", "may"),
    [
        (roles("administer-account"), "production", True),
        (roles("administer-organization"), "production", True),
        (roles("administer-account"), "", True),
        (roles("administer-clients"), "production", False),
        (roles(), "production", False),
        (roles("manage-clusters"), "production", False),
        (roles(production="manage-clusters"), "production", True),
        (roles(production="manage-clusters"), "staging", False),
        (roles(production="administer-data-cubes"), "production", False),
        (roles(production="administer-account"), "production", False),
        (roles(**{"": "manage-clusters"}), "", False),
    ],
)
def test_flags_need_the_account_or_the_clusters_of_that_environment(
    held: Roles, environment: str, *, may: bool
) -> None:
    assert may_change_flags(held, environment) is may
