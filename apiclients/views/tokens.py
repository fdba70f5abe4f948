"""The Tokens tab: downloading, inspecting and testing a token, revoking those issued.

A token is only ever in the answer to a POST, and that answer is not stored.
Opened without a form, by a way back or from a bookmark, what answers one is the tab.
"""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apiclients import selectors, token_services
from apiclients.forms import ReasonForm, TokenForm
from apiclients.inspection import inspect_token
from apiclients.jwts import NotATokenError
from console.access import require_role
from console.http import ConsoleRequest, render_page_or_partial
from console.step_up import require_recent_sign_in


@require_safe
@require_role
def client_tokens(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    client = selectors.get_client(str(uuid))
    return render(request, "apiclients/client_tokens.html", _context(client))


@require_POST
@require_role
@require_recent_sign_in
def token_download(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    client, token = token_services.download_token(str(uuid), actor=request.actor)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", client.client_id)
    response = HttpResponse(token.value, content_type="text/plain; charset=us-ascii")
    header = content_disposition_header(True, f"{name}-token.txt")
    response["Content-Disposition"] = header or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def token_inspect(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    client = selectors.get_client(str(uuid))
    if request.method != "POST":
        return redirect("apiclients:tokens", client.uuid)
    form = TokenForm(request.POST)
    found = None
    if form.is_valid():
        token = form.cleaned_data["token"]
        try:
            found = inspect_token(client, token, actor=request.actor)
        except NotATokenError as exc:
            form.add_error("token", str(exc))
    return render_page_or_partial(
        request,
        page="apiclients/client_tokens.html",
        partial="apiclients/_token_inspection.html",
        target="inspection",
        context={**_context(client), "form": form, "inspection": found},
        status=200 if found else 422,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def token_test(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    if request.method != "POST":
        return redirect("apiclients:tokens", selectors.get_client(str(uuid)).uuid)
    client, steps = token_services.try_client(str(uuid), actor=request.actor)
    return render_page_or_partial(
        request,
        page="apiclients/client_tokens.html",
        partial="apiclients/_token_test.html",
        target="client-test",
        context={**_context(client), "steps": steps},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def token_revoke(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        client = token_services.revoke_tokens(
            str(uuid),
            actor=request.actor,
            operation=form.cleaned_data["operation"],
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _revoked(client))
        return redirect("apiclients:tokens", client.uuid)
    context = {**_context(selectors.get_client(str(uuid))), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "apiclients/token_revoke.html", context, status=status)


def _context(client: Any) -> dict[str, Any]:
    limits = selectors.get_limits()
    return {
        "client": client,
        "form": TokenForm(),
        "limits": limits,
        "issued_lifespan": limits.issued(client.access_token_lifespan),
        "last_token_at": selectors.last_token_ends_at(client),
    }


def _revoked(client: Any) -> str:
    until = selectors.last_token_ends_at(client)
    today = until.date() == timezone.now().date()
    instant = f"{until:%H:%M}" if today else f"{until:%Y-%m-%d %H:%M}"
    return (
        "Revoked the issued tokens. Services that ask Keycloak refuse them now; "
        f"services that check only the signature accept them until {instant} UTC at "
        "the latest."
    )
