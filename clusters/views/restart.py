"""The confirmation page: only from here something is sent to the Manager."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clusters import selectors, services
from clusters.flags import changes
from clusters.forms import RestartForm, WantedForm
from clusters.services import HinderedError, Hindrance
from clusters.views.pages import context_of, require_manager
from console.access import require_role
from console.http import ConsoleRequest
from console.step_up import kept_values, require_recent_sign_in

INCOMPLETE = "Nothing was sent: the form was not complete. Tick the flags again."
NOTHING_TO_DO = "Nothing was sent: the flags are as you want them already."


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
@require_manager
@require_recent_sign_in
def cluster_restart(request: ConsoleRequest, cluster_id: str) -> HttpResponse:
    """What was ticked comes in the address: nothing is kept before it is confirmed."""
    if not selectors.writes_are_live():
        return redirect("clusters:flags", cluster_id)
    form: WantedForm | RestartForm
    if request.method == "POST":
        form = RestartForm(request.POST)
    else:
        form = WantedForm(request.GET)
    try:
        if form.errors.keys() - {"reason"}:
            messages.warning(request, INCOMPLETE)
            return redirect("clusters:flags", cluster_id)
        if isinstance(form, RestartForm) and form.is_valid():
            return _restart(request, cluster_id, form)
        return _ask(request, cluster_id, form)
    except HinderedError as exc:
        return _hindered(request, exc)


def _ask(
    request: ConsoleRequest, cluster_id: str, form: WantedForm | RestartForm
) -> HttpResponse:
    status = selectors.get_cluster(cluster_id, request.actor.roles)
    if not status.can_edit:
        # That page says why.
        return redirect("clusters:flags", cluster_id)
    cluster, seen = status.cluster, form.cleaned_data["seen"]
    if seen is not None and seen != cluster.resource_version:
        raise HinderedError(Hindrance.CHANGED, cluster)
    wishes = form.wishes() or {}
    differences = changes(cluster.flags or (), wishes)
    if not differences and not status.waits_for_restart:
        messages.info(request, NOTHING_TO_DO)
        return redirect("clusters:setup", cluster_id)
    if isinstance(form, WantedForm):
        initial: dict[str, Any] = {"seen": cluster.resource_version}
        initial["flags"] = bool(differences)
        initial["wanted"] = [key for key, on in wishes.items() if on]
        initial["reason"] = kept_values(request).get("reason", "")
        form = RestartForm(initial=initial)
    context = {**context_of(status), "form": form, "differences": differences}
    return render(
        request,
        "clusters/cluster_restart.html",
        context,
        status=422 if form.is_bound else 200,
    )


def _restart(
    request: ConsoleRequest, cluster_id: str, form: RestartForm
) -> HttpResponse:
    wishes = form.wishes()
    confirmation = services.Confirmation(
        form.cleaned_data["seen"],
        form.cleaned_data["operation"],
        form.cleaned_data["reason"],
    )
    if wishes is None:
        services.restart_cluster(cluster_id, confirmation, actor=request.actor)
    else:
        services.change_flags(cluster_id, wishes, confirmation, actor=request.actor)
    address = reverse("clusters:setup", args=[cluster_id])
    return redirect(f"{address}?heard={int(time.time())}")


def _hindered(request: ConsoleRequest, exc: HinderedError) -> HttpResponse:
    context = {"cluster": exc.cluster, "hindrance": exc.hindrance.value, "exc": exc}
    return render(request, "clusters/cluster_conflict.html", context, status=409)
