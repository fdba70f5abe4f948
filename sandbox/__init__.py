"""An embedded server that speaks the part of Keycloak that the console uses."""
