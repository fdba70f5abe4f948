"""System checks: settings of the log that would only fail once a record is shipped."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SCHEMES = {"syslog+tcp", "syslog+tls", "syslog+udp", "https", "http"}
FORMATS = {"json", "ecs", "cloudevents"}


@register()
def check_forwarding(**_: Any) -> list[CheckMessage]:
    if not settings.AUDIT_FORWARD_URL:
        return []
    problems: list[CheckMessage] = []
    url = urlsplit(settings.AUDIT_FORWARD_URL)
    if url.scheme not in SCHEMES or not url.hostname:
        known = ", ".join(sorted(SCHEMES))
        message = f"AUDIT_FORWARD_URL needs a host, and one of: {known}."
        problems.append(Error(message, id="audit.E001"))
    if settings.AUDIT_FORWARD_FORMAT not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        message = f"AUDIT_FORWARD_FORMAT is one of: {known}."
        problems.append(Error(message, id="audit.E002"))
    return problems
