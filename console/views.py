"""The shell's own pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apiclients.figures import get_figures
from apiclients.selectors import get_synchronisation
from apiclients.usage import is_watched_for
from audit.selectors import list_latest
from clusters.selectors import get_known_figures
from console.access import require_role
from console.http import ConsoleRequest, safe_path
from console.overview import list_advisories, list_figures, list_steps

THEMES = ("light", "dark", "system")


@require_safe
@require_role
def home(request: ConsoleRequest) -> HttpResponse:
    figures = get_figures()
    steps = list_steps(figures, get_known_figures())
    context = {
        "steps": steps,
        "steps_done": sum(step.done for step in steps),
        "figures": list_figures(figures, watched_long=is_watched_for(90)),
        "sync": get_synchronisation(),
        "entries": list_latest(),
        "advisories": list_advisories(request.actor.roles),
    }
    return render(request, "console/overview.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember it in a cookie, so that a page comes right at once."""
    response = redirect(safe_path(request.POST.get("next")))
    wanted = request.POST.get("theme")
    if wanted in THEMES:
        response.set_cookie(
            "theme",
            wanted,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SECURE_COOKIES,
        )
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form without its token, or from another site. Nothing was changed."""
    return render(request, "403_csrf.html", status=403)
