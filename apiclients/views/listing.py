"""The list of API clients: read from the index, without a call to Keycloak."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from apiclients import export, selectors, tasks
from apiclients.filters import CONDITIONS
from apiclients.forms import FilterForm
from apiclients.rows import as_rows
from console.access import require_role
from console.csv_export import csv_response
from console.filters import Column, chips, columns, linked
from console.http import ConsoleRequest, render_page_or_partial, safe_path

COLUMNS = (
    Column("id", "API Client ID"),
    Column("status", "Status"),
    Column("lifespan", "Access token lifespan"),
    Column("permissions", "Permissions"),
    Column("secret-age", "Secret age"),
    Column("last-used", "Last used"),
    Column("owner", "Owner"),
)


@require_safe
@require_role
def client_list(request: ConsoleRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    wanted = filters.wanted()
    state = selectors.get_synchronisation()
    limits = selectors.get_known_limits(state)
    page = selectors.list_clients(wanted, request.GET.dict())
    set_filters = chips(request, filters, *CONDITIONS)
    return render_page_or_partial(
        request,
        page="apiclients/client_list.html",
        partial="apiclients/_clients.html",
        target="clients",
        context={
            "filters": filters,
            "chips": set_filters,
            "filtered": bool(set_filters),
            "columns": columns(request, COLUMNS, default="id"),
            "page": linked(request, page.with_rows(as_rows(page.rows, limits))),
            "sync": state,
            "any_clients": page.total > 0 or selectors.has_any_client(),
        },
    )


@require_POST
@require_role
def client_list_refresh(request: ConsoleRequest) -> HttpResponse:
    tasks.request_synchronisation()
    return redirect(safe_path(request.POST.get("next"), reverse("apiclients:list")))


@require_POST
@require_role
def client_list_export(request: ConsoleRequest) -> HttpResponseBase:
    """The list with the filters and the order of this address, from the first page."""
    filters = FilterForm(request.GET)
    wanted = filters.wanted()
    words = [f"{c.label}: {c.value}" for c in chips(request, filters, *CONDITIONS)]
    rows = export.export_clients(wanted, words=words, actor=request.actor)
    return csv_response(f"api-clients-{now():%Y-%m-%d}.csv", export.HEADER, rows)
