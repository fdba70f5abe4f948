"""Creating, changing, disabling, enabling and deleting an API client."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apiclients import selectors, services
from apiclients.forms import CreateForm, DeleteForm, ReasonForm, SettingsForm
from apiclients.usage import get_usage
from console.access import require_role
from console.http import ConsoleRequest
from console.step_up import kept_values, require_recent_sign_in

if TYPE_CHECKING:
    from gateways.keycloak.models import Client

reads_and_posts = require_http_methods(["GET", "HEAD", "POST"])


@reads_and_posts
@require_role
def client_create(request: ConsoleRequest) -> HttpResponse:
    limits = selectors.get_limits()
    form = CreateForm(request.POST or None, limits=limits)
    if form.is_valid():
        try:
            uuid = services.create_client(
                form.cleaned_data["client_id"],
                form.wanted(enabled=True),
                actor=request.actor,
                operation=form.cleaned_data["operation"],
            )
        except services.ClientIdTakenError:
            form.add_error(
                "client_id", "Another client has this ID. Choose a different one."
            )
            form.renew()  # this attempt is on record
        else:
            return redirect(f"{_address(uuid)}?created=1")
    context = {"form": form, "limits": limits}
    return render(
        request, "apiclients/client_create.html", context, status=_status(form)
    )


@reads_and_posts
@require_role
def client_settings(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    limits = selectors.get_limits()
    form = SettingsForm(request.POST or None, limits=limits)
    if form.is_valid():
        return _save(request, str(uuid), form)
    client = selectors.get_client(str(uuid))
    if not form.is_bound:
        initial = SettingsForm.initial_for(selectors.editable(client))
        form = SettingsForm(initial=initial, limits=limits)
    context = {
        "client": client,
        "form": form,
        "limits": limits,
        "issued_lifespan": limits.issued(client.access_token_lifespan),
        "capped": limits.caps(client.access_token_lifespan),
        "next_steps": "created" in request.GET,
    }
    return render(
        request, "apiclients/client_settings.html", context, status=_status(form)
    )


def _save(request: ConsoleRequest, uuid: str, form: SettingsForm) -> HttpResponse:
    wanted = form.wanted(enabled=form.cleaned_data["enabled"])
    try:
        services.update_client(
            uuid,
            wanted,
            seen=form.cleaned_data["version"],
            actor=request.actor,
            operation=form.cleaned_data["operation"],
        )
    except services.ClientChangedError as exc:
        context: dict[str, Any] = {
            "client": exc.client,
            "form": form.with_version_of(selectors.editable(exc.client)),
            "differences": selectors.list_differences(exc.client, wanted),
        }
        return render(request, "apiclients/client_conflict.html", context, status=409)
    messages.success(
        request, "Saved. Tokens issued from now on follow the new settings."
    )
    return redirect(_address(uuid))


@reads_and_posts
@require_role
def client_disable(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    return _set_enabled(request, str(uuid), enabled=False)


@reads_and_posts
@require_role
def client_enable(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    return _set_enabled(request, str(uuid), enabled=True)


def _set_enabled(request: ConsoleRequest, uuid: str, *, enabled: bool) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        client = services.set_enabled(
            uuid,
            enabled=enabled,
            actor=request.actor,
            operation=form.cleaned_data["operation"],
            reason=form.cleaned_data["reason"],
        )
        word, opposite = ("enabled", "disable") if enabled else ("disabled", "enable")
        undo_url = reverse(f"apiclients:{opposite}", args=[client.uuid])
        text = f"{client.client_id} was {word}."
        messages.success(request, text, extra_tags=undo_url)
        return redirect(_address(uuid))
    client = selectors.get_client(uuid)
    name = "client_enable" if enabled else "client_disable"
    return _confirmation(request, name, form, client)


@reads_and_posts
@require_role
@require_recent_sign_in
def client_delete(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    form = DeleteForm(request.POST or None, initial=kept_values(request))
    if form.is_valid():
        try:
            client = services.delete_client(
                str(uuid),
                typed=form.cleaned_data["confirm"],
                actor=request.actor,
                operation=form.cleaned_data["operation"],
                reason=form.cleaned_data["reason"],
            )
        except services.NotConfirmedError as exc:
            form.add_error("confirm", f"Type {exc.client_id} exactly.")
        else:
            messages.success(request, f"{client.client_id} was deleted.")
            return redirect("apiclients:list")
    client = selectors.get_client(str(uuid))
    long_lived = selectors.get_limits().is_long(client.access_token_lifespan)
    return _confirmation(request, "client_delete", form, client, long_lived=long_lived)


def _confirmation(
    request: ConsoleRequest, name: str, form: Form, client: "Client", **more: bool
) -> HttpResponse:
    """The page that says what will happen, before it does."""
    context = {
        "client": client,
        "form": form,
        "usage": get_usage(client.client_id),
        "last_token_at": selectors.last_token_ends_at(client),
        **more,
    }
    return render(request, f"apiclients/{name}.html", context, status=_status(form))


def _address(uuid: str) -> str:
    return reverse("apiclients:settings", args=[uuid])


def _status(form: Form) -> int:
    return 422 if form.is_bound else 200
