"""The verification that runs by itself, and what it found last."""

import logging
from datetime import datetime

from django.utils import timezone

from audit.breaks import Position
from audit.models import Verification
from audit.verification import Report, find_start, verify_log

logger = logging.getLogger("audit")


def verify_all() -> Verification:
    """From the first record on."""
    return _keep(verify_log(find_start()), full_at=timezone.now())


def verify_new() -> Verification:
    """From where the last run ended; all of it, if that found something broken."""
    last = Verification.objects.first()
    if last is None or last.kind or find_start().sequence > last.sequence:
        return verify_all()
    report = verify_log(Position(last.sequence, last.hash), whole=False)
    return _keep(report, full_at=last.full_at)


def _keep(report: Report, *, full_at: datetime | None) -> Verification:
    broken = report.broken
    if broken:
        logger.critical("the audit log is broken: %s", broken)
    found, _ = Verification.objects.update_or_create(
        pk=Verification.ONLY,
        defaults={
            "at": timezone.now(),
            "full_at": full_at,
            "sequence": report.at.sequence,
            "hash": report.at.hash,
            "kind": broken.kind.value if broken else "",
            "broken": broken.sequence if broken else None,
            "explanation": broken.explanation if broken else "",
        },
    )
    return found
