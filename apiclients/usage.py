"""What is known of a client's use: read from the counts, without a call to Keycloak."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from apiclients.models import ClientUse, DailyUse, Watch

RECENT = timedelta(days=7)
HEIGHT = 40  # of the chart's drawing, without a unit
STEP = 10  # from one bar to the next
BAR = 7  # wide


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC), and its bar in the chart: left edge, top and height."""

    day: date
    tokens: int
    failures: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The days are in order, the last one is today.

    "Never used" is not known: only "not used since", when watching began.
    """

    client_id: str
    days: list[Day]
    last_used_at: datetime | None
    addresses: list[str]
    last_failed_at: datetime | None
    last_failure: str
    watching_since: datetime | None
    keeps_logins: bool | None

    def tokens_in(self, days: int) -> int:
        return sum(day.tokens for day in self.days[-days:])

    @property
    def tokens_7(self) -> int:
        return self.tokens_in(7)

    @property
    def tokens_30(self) -> int:
        return self.tokens_in(30)

    @property
    def recent(self) -> bool:
        """Whether it got a token in the last seven days."""
        used = self.last_used_at
        return used is not None and used > timezone.now() - RECENT

    @property
    def width(self) -> int:
        """Of the chart's drawing."""
        return len(self.days) * STEP - (STEP - BAR)


def get_usage(client_id: str, *, days: int = 30) -> Usage:
    """Three queries, whatever the number of days."""
    use = ClientUse.objects.filter(client_id=client_id).first() or ClientUse()
    watch = Watch.get()
    return Usage(
        client_id=client_id,
        days=_days(client_id, days),
        last_used_at=use.last_used_at,
        addresses=use.addresses,
        last_failed_at=use.last_failed_at,
        last_failure=use.last_failure,
        watching_since=watch.since,
        keeps_logins=watch.keeps_logins,
    )


def get_last_used(client_id: str) -> datetime | None:
    """When it last got a token, as far as login events tell."""
    use = ClientUse.objects.filter(client_id=client_id).only("last_used_at").first()
    return use.last_used_at if use else None


def count_tokens(client_ids: Iterable[str], *, days: int = 30) -> dict[str, int]:
    """How many tokens each of them got; those that got none are left out."""
    since = timezone.now().date() - timedelta(days=days - 1)
    rows = DailyUse.objects.filter(client_id__in=list(client_ids), day__gte=since)
    sums = rows.values("client_id").annotate(tokens=Sum("tokens"))
    return {row["client_id"]: row["tokens"] for row in sums}


def get_watch() -> Watch:
    return Watch.get()


def is_watched_for(days: int) -> bool:
    """Whether login events were watched for so long."""
    since = Watch.get().since
    return since is not None and since <= timezone.now() - timedelta(days=days)


def _days(client_id: str, count: int) -> list[Day]:
    today = timezone.now().date()
    wanted = [today - timedelta(days=ago) for ago in reversed(range(count))]
    rows = DailyUse.objects.filter(client_id=client_id, day__gte=wanted[0])
    counts = {row.day: (row.tokens, row.failures) for row in rows}
    highest = max((tokens for tokens, _ in counts.values()), default=0) or 1
    return [
        _day(day, *counts.get(day, (0, 0)), x=place * STEP, highest=highest)
        for place, day in enumerate(wanted)
    ]


def _day(day: date, tokens: int, failures: int, *, x: int, highest: int) -> Day:
    # A single token still shows, and no token does not.
    height = max(1, round(tokens / highest * HEIGHT)) if tokens else 0
    return Day(day, tokens, failures, x, HEIGHT - height, height)
