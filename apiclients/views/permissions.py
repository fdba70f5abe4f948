"""The Client Permissions tab: what a client may do, giving it roles, taking them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apiclients import permission_services, permissions
from apiclients.catalogue import label
from apiclients.forms import AssignForm, RemoveForm
from apiclients.permission_services import (
    Assignment,
    RoleNotHeldError,
    RolesNotAssignableError,
)
from console.access import require_role
from console.http import ConsoleRequest


@require_safe
@require_role
def client_permissions(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    found = permissions.get_permissions(str(uuid))
    context = {
        "client": found.client,
        "permissions": found,
        "form": RemoveForm(),
    }
    return render(request, "apiclients/client_permissions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def permissions_assign(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    if "search" in request.POST:
        return redirect(_search_address(request, uuid))
    form = AssignForm(request.POST or None)
    refusal = None
    if form.is_valid():
        try:
            assignment = permission_services.assign_roles(
                str(uuid),
                form.cleaned_data["roles"],
                actor=request.actor,
                operation=form.cleaned_data["operation"],
            )
        except RolesNotAssignableError as exc:
            refusal = exc
        else:
            return _assigned(request, assignment)
    context = _choices(request, str(uuid), form) | {"refusal": refusal}
    status = 403 if refusal else 422 if form.is_bound else 200
    return render(request, "apiclients/permissions_assign.html", context, status=status)


def _choices(request: ConsoleRequest, uuid: str, form: AssignForm) -> dict[str, Any]:
    sent = request.POST or request.GET
    query = sent.get("q", "")[:200]
    found = permissions.list_choices(
        uuid, request.actor, query=query, ticked=sent.getlist("roles")
    )
    return {"client": found.client, "choices": found, "form": form, "query": query}


def _search_address(request: ConsoleRequest, uuid: UUID) -> str:
    """Where the search is part of the address, and what was ticked stays ticked."""
    fields = {"q": request.POST.get("q", ""), "roles": request.POST.getlist("roles")}
    query = urlencode({name: value for name, value in fields.items() if value}, True)
    address = reverse("apiclients:permissions-assign", args=[uuid])
    return f"{address}?{query}" if query else address


def _assigned(request: ConsoleRequest, assignment: Assignment) -> HttpResponse:
    client = assignment.client
    if not assignment.is_done:
        context = {"client": client, "assignment": assignment}
        page = "apiclients/permissions_result.html"
        return render(request, page, context, status=409 if assignment.undone else 502)
    names = ", ".join(name for write in assignment.writes for name in write.names)
    messages.success(request, f"Assigned {names}. {assignment.what_tokens_carry}")
    return redirect("apiclients:permissions", client.uuid)


@require_POST
@require_role
def permission_remove(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    form = RemoveForm(request.POST)
    address = reverse("apiclients:permissions", args=[uuid])
    if not form.is_valid():
        messages.error(request, "The form was not complete. Nothing was changed.")
        return redirect(address)
    try:
        role = permission_services.remove_role(
            str(uuid),
            form.cleaned_data["role"],
            actor=request.actor,
            operation=form.cleaned_data["operation"],
        )
    except RoleNotHeldError:
        messages.warning(
            request, "The client does not hold this role any more. Nothing was changed."
        )
    else:
        name = label(role.client_id, role.name)
        messages.success(
            request, f"Removed {name}. Tokens issued from now on do not carry it."
        )
    return redirect(address)
