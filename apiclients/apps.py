"""The API clients app."""

from django.apps import AppConfig


class ApiClientsConfig(AppConfig):
    name = "apiclients"
