"""The Activity tab: when and from where a client got tokens, what was done to it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apiclients import selectors
from apiclients.usage import get_usage
from console.access import require_role
from console.http import ConsoleRequest

DAYS = 90


@require_safe
@require_role
def client_activity(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    client = selectors.get_client(str(uuid))
    context = {
        "client": client,
        "usage": get_usage(client.client_id, days=DAYS),
        "entries": selectors.list_latest_entries(client),
    }
    return render(request, "apiclients/client_activity.html", context)
