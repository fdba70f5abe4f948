"""Entries that are about an API client in Keycloak."""

from tests.screens.apiclients.conftest import reports

__all__ = ["reports"]
