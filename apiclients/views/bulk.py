"""One action on several clients: what was ticked, the confirmation, what came of it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apiclients import selectors
from apiclients.bulk import results, runs
from apiclients.bulk.forms import ChoiceForm, RunDeleteForm, RunForm, RunLifespanForm
from apiclients.models import BulkAction, BulkRun
from apiclients.usage import get_watch
from console.access import require_role
from console.http import ConsoleRequest, render_page_or_partial, safe_path
from console.step_up import kept_values, require_recent_sign_in

POLL_SECONDS = 2
GONE = "None of these clients is there any more. Nothing was changed."
TWICE = "This form was sent twice. It was done once."


@require_POST
@require_role
def bulk_choose(request: ConsoleRequest) -> HttpResponse:
    """From the list's ticks to the confirmation page. Nothing is changed yet."""
    back = safe_path(request.POST.get("next"), reverse("apiclients:list"))
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"{form.problem} Nothing was changed.")
        return redirect(back)
    uuids, action = form.cleaned_data["clients"], form.cleaned_data["action"]
    try:
        run = runs.choose_clients(uuids, action, actor=request.actor)
    except runs.NoneThereError:
        messages.error(request, GONE)
        return redirect(back)
    return redirect(f"{_address(run)}?{urlencode({'next': back})}")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
@require_recent_sign_in
def bulk_run(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """To confirm what was chosen; once that was done, what came of it."""
    run = results.get_run(uuid, request.actor)
    if run.started_at and request.method != "POST":
        return _result(request, run)
    choices = results.list_choices(run)
    form = _form(request, run, len(choices))
    if not form.is_valid() and not run.started_at:
        return _confirmation(request, run, form, choices)
    if not runs.start_run(run, form.cleaned_data, actor=request.actor):
        messages.info(request, TWICE)
    return redirect(_address(run))


@require_POST
@require_role
@require_recent_sign_in
def bulk_resume(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    run = results.get_run(uuid, request.actor)
    if not runs.resume_run(run, actor=request.actor):
        messages.info(request, "There is nothing to resume.")
    return redirect(_address(run))


def _form(request: ConsoleRequest, run: BulkRun, count: int) -> RunForm:
    data = request.POST if request.method == "POST" else None
    if run.action == BulkAction.LIFESPAN:
        return RunLifespanForm(data, limits=selectors.get_limits())
    if run.action == BulkAction.DELETE:
        kept = kept_values(request)
        words = results.words_to_type(count)
        return RunDeleteForm(data, words=words, initial=kept)
    return RunForm(data)


def _confirmation(
    request: ConsoleRequest,
    run: BulkRun,
    form: RunForm,
    choices: list[results.Choice],
) -> HttpResponse:
    context: dict[str, Any] = {
        "run": run,
        "what": results.what_it_does(run),
        "form": form,
        "choices": choices,
        "recent": sum(choice.recent for choice in choices),
        "watch": get_watch(),
        "back_url": safe_path(request.GET.get("next"), reverse("apiclients:list")),
    }
    if isinstance(form, RunLifespanForm):
        context["limits"] = form.limits
        context["issued_lifespan"] = form.limits.default
    status = 422 if form.is_bound else 200
    return render(request, "apiclients/bulk_confirm.html", context, status=status)


def _result(request: ConsoleRequest, run: BulkRun) -> HttpResponse:
    return render_page_or_partial(
        request,
        page="apiclients/bulk_result.html",
        partial="apiclients/_bulk_result.html",
        target="bulk-result",
        context={
            "result": results.get_result(run),
            "run": run,
            "poll": _address(run),
            "poll_seconds": POLL_SECONDS,
        },
    )


def _address(run: BulkRun) -> str:
    return reverse("apiclients:bulk-run", args=[run.pk])
