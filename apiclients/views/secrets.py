"""The Credentials tab: showing, copying and regenerating the secret.

A secret is only ever in the answer to a POST, and that answer is not stored.
Opened without a form, by a way back or from a bookmark, what answers one is the tab.
"""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apiclients import selectors, services
from apiclients.forms import ReasonForm
from apiclients.snippets import Snippet, list_snippets
from apiclients.usage import get_usage
from console.access import require_role
from console.http import ConsoleRequest, render_page_or_partial
from console.step_up import kept_values, require_recent_sign_in

if TYPE_CHECKING:
    from gateways.keycloak.models import ClientSecret

HIDE_AFTER = 30  # seconds


@require_safe
@require_role
def client_credentials(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    context = _context(request, str(uuid))
    return render(request, "apiclients/client_credentials.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
@require_recent_sign_in
def secret_show(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    if request.method != "POST":
        return redirect("apiclients:credentials", selectors.get_client(str(uuid)).uuid)
    secret = services.show_secret(str(uuid), actor=request.actor)
    return render_page_or_partial(
        request,
        page="apiclients/client_credentials.html",
        partial="apiclients/_secret.html",
        target="client-secret",
        context=_context(request, str(uuid), secret),
    )


@require_POST
@require_role
@require_recent_sign_in
def secret_copy(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    secret = services.copy_secret(str(uuid), actor=request.actor)
    return JsonResponse({"client_secret": secret.value})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
@require_recent_sign_in
def secret_regenerate(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    form = ReasonForm(request.POST or None, initial=kept_values(request))
    if form.is_valid():
        return _regenerate(request, str(uuid), form)
    client = selectors.get_client(str(uuid))
    issued = selectors.get_limits().issued(client.access_token_lifespan)
    context = {
        "client": client,
        "form": form,
        "usage": get_usage(client.client_id),
        "issued_lifespan": issued,
    }
    status = 422 if form.is_bound else 200
    return render(request, "apiclients/secret_regenerate.html", context, status=status)


def _regenerate(request: ConsoleRequest, uuid: str, form: ReasonForm) -> HttpResponse:
    made = services.regenerate_secret(
        uuid,
        actor=request.actor,
        operation=form.cleaned_data["operation"],
        reason=form.cleaned_data["reason"],
    )
    context = {
        "client": made.client,
        "secret": made.secret,
        "entry_id": made.entry_id,
        "token_endpoint": selectors.token_endpoint(),
        "snippet": _snippets(request, made.client.client_id)[0],
    }
    return render(request, "apiclients/secret_regenerated.html", context)


def _context(
    request: ConsoleRequest, uuid: str, secret: "ClientSecret | None" = None
) -> dict[str, object]:
    client = selectors.get_client(uuid)
    snippets = _snippets(request, client.client_id)
    return {
        "client": client,
        "token_endpoint": selectors.token_endpoint(),
        "fingerprint": selectors.get_fingerprint(uuid, secret),
        "seen_by": selectors.count_people_who_saw(client),
        "secret": secret,
        "snippets": snippets,
        "snippet": next(snippet for snippet in snippets if snippet.current),
        "operation": uuid4(),
        "hide_after": HIDE_AFTER,
    }


def _snippets(request: ConsoleRequest, client_id: str) -> list[Snippet]:
    return list_snippets(
        client_id, selectors.token_endpoint(), current=request.GET.get("language", "")
    )
