"""The audit log's screens. They ask no other service anything."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from audit import outcome_services, selectors, services
from audit.exports.formats import FORMATS
from audit.forms import ExportForm, FilterForm, ReleaseForm
from audit.reconciling import Progress
from console.access import require_role
from console.filters import Preset, chips, linked, presets, query
from console.http import ConsoleRequest, render_page_or_partial

PRESETS = (
    Preset("1 h", timedelta(hours=1)),
    Preset("24 h", timedelta(hours=24)),
    Preset("7 days", timedelta(days=7)),
    Preset("30 days", timedelta(days=30)),
)

# What the page of the entry does not say by itself.
PROGRESS = {
    Progress.SETTLED: "Checked: the outcome is known now.",
    Progress.ELSEWHERE: "It was checked a moment ago, or is being checked right now.",
}

WHAT_TO_CHECK = {
    "client.create": "Search the list for it: if it is there, it was created.",
    "client.delete": "Search the list for it: if it is gone, it was deleted.",
    "client_secret.regenerate": (
        "Compare the fingerprint under Credentials with the one below: if it differs, "
        "the secret was regenerated."
    ),
    "cluster.flags": (
        "Open the Setup of the cluster and compare its feature flags with those below."
    ),
    "cluster.restart": "Open the Setup of the cluster: it tells of its last restart.",
}
WHAT_ELSE_TO_CHECK = "Open the API client and compare it with the values below."


@require_safe
@require_role
def entry_list(request: ConsoleRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    page = selectors.list_entries(filters.wanted(), request.GET.dict())
    set_filters = chips(request, filters, *filters.fields)
    return render_page_or_partial(
        request,
        page="audit/entry_list.html",
        partial="audit/_entries.html",
        target="entries",
        context={
            "filters": filters,
            "chips": set_filters,
            "filtered": bool(set_filters),
            "presets": presets(request, PRESETS, timezone.now()),
            "page": linked(request, page),
            "verification": selectors.get_verification(),
            "formats": FORMATS,
            "export_query": query(request),
            "forwarding": selectors.get_forwarding_delay(),
        },
    )


@require_POST
@require_role
def entries_export(request: ConsoleRequest) -> StreamingHttpResponse:
    """A POST, as it leaves an entry. The filters are in the address, as the list's."""
    filters = FilterForm(request.GET).wanted()
    name = ExportForm(request.POST).wanted()
    lines = services.export_entries(filters, name, actor=request.actor)
    filename = f"audit-log-{timezone.now():%Y%m%d-%H%M%S}.{FORMATS[name].extension}"
    return StreamingHttpResponse(
        lines,
        content_type=FORMATS[name].content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, filename) or "",
            "Cache-Control": "no-store",
        },
    )


@require_safe
@require_role
def entry_detail(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    return _entry(request, entry_id, ReleaseForm())


@require_POST
@require_role
def entry_check(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    """**Check now**: read upstream what became of a change."""
    progress = outcome_services.settle_now(entry_id)
    told = PROGRESS.get(progress)
    if told:
        messages.info(request, told)
    return redirect("audit:entry", entry_id)


@require_POST
@require_role
def entry_release(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _entry(request, entry_id, form, status=422)
    try:
        outcome_services.release_object(
            entry_id, actor=request.actor, reason=form.cleaned_data["reason"]
        )
    except outcome_services.NotReleasableError:
        messages.warning(request, "There is nothing to release. Nothing was changed.")
    else:
        messages.success(request, "Released. It can be changed again.")
    return redirect("audit:entry", entry_id)


def _entry(
    request: ConsoleRequest, entry_id: int, form: ReleaseForm, *, status: int = 200
) -> HttpResponse:
    entry = selectors.get_entry(entry_id)
    unknown = entry.outcome is selectors.Standing.UNKNOWN
    check = WHAT_TO_CHECK.get(entry.record.action, WHAT_ELSE_TO_CHECK)
    context = {
        "entry": entry,
        "changes": entry.changes,
        "checkpoint": selectors.get_covering_checkpoint(entry_id),
        "what_to_check": check if unknown else "",
        "check": selectors.get_check(entry_id) if unknown else None,
        "form": form,
    }
    return render(request, "audit/entry_detail.html", context, status=status)
