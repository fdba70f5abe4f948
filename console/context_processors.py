"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from console.navigation import ITEMS
from console.views import THEMES


def shell(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    here = match.namespace if match else ""
    theme = request.COOKIES.get("theme", "")
    return {
        "organization": settings.ORGANIZATION_NAME,
        "actor": getattr(request, "actor", None),
        "theme": theme if theme in THEMES else "system",
        "request_id": getattr(request, "request_id", ""),
        "navigation": [
            {
                "label": item.label,
                "url": reverse(item.url_name),
                "icon": item.icon,
                "current": item.namespace == here,
            }
            for item in ITEMS
            if item.shown
        ],
    }
