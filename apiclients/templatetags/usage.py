"""What the head of every page of a client tells, whichever view made the page."""

from datetime import datetime

from django import template

from apiclients.usage import get_last_used
from gateways.keycloak.models import Client

register = template.Library()


@register.simple_tag
def last_used(client: Client) -> datetime | None:
    return get_last_used(client.client_id)
