"""Keycloak's Admin REST API, the part that the console uses."""
