"""`make bench-events`: reading a million login events of a real Keycloak.

Keycloak has no way to import events, so they are written into its database while it
rests, spread over the last six days.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.bench.fresh import new_console, new_demo
from tools.bench.realm import seeded_keycloak
from tools.bench.synchronisation import Cost, run, run_reading
from tools.errors import StartError
from tools.java import find_java
from tools.keycloak import REALM

EVENTS = 1_000_000
CLIENTS = 1_000
DAYS = 6
DETAILS = json.dumps({"grant_type": "client_credentials", "scope": "profile email"})
ADD = f"""
INSERT INTO EVENT_ENTITY
    (ID, CLIENT_ID, DETAILS_JSON_LONG_VALUE, IP_ADDRESS, REALM_ID, EVENT_TIME, TYPE)
SELECT RANDOM_UUID(), 'svc-' || MOD(n, {CLIENTS}), '{DETAILS}',
    '10.0.0.' || MOD(n, 250), (SELECT ID FROM REALM WHERE NAME = '{REALM}'),
    CAST(1000 * (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP)
        - {DAYS} * 86400 * (1 - n / {EVENTS}.0)) AS BIGINT),
    'CLIENT_LOGIN'
FROM (SELECT X AS n FROM SYSTEM_RANGE(1, {EVENTS}));
SELECT COUNT(*) FROM EVENT_ENTITY;
"""  # noqa: S608 - nothing in it comes from elsewhere


@dataclass(frozen=True, slots=True)
class Reading:
    """`first`: everything there is; `again`: when nothing new has happened."""

    first: Cost
    again: Cost


def add_events(home: Path) -> None:
    """To the database of a Keycloak that does not run."""
    [library] = (home / "lib" / "lib" / "main").glob("com.h2database.h2-*.jar")
    database = home / "data" / "h2" / "keycloakdb"
    done = subprocess.run(
        [
            *(find_java() / "bin" / "java", "-cp", library, "org.h2.tools.Shell"),
            *("-url", f"jdbc:h2:file:{database};NON_KEYWORDS=VALUE"),
            *("-user", "", "-password", "", "-sql", ADD),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "Exception" in done.stderr:
        raise StartError(f"No events could be added:\n{done.stdout}{done.stderr}")


def measure_reading(environ: Mapping[str, str]) -> Reading:
    """Into the migrated database of `environ`."""
    return Reading(run_reading(environ, "events"), run_reading(environ, "events"))


def reading_table(reading: Reading) -> str:
    """As Markdown."""
    rate = EVENTS / reading.first.seconds
    lines = [
        f"| Reading {EVENTS:,} login events | Time | Requests | Memory at most |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, cost in (
        (f"All of them, {rate:,.0f} a second", reading.first),
        ("A reading when nothing new has happened", reading.again),
    ):
        lines.append(f"| {name} | {cost} |")
    return "\n".join(lines)


def main() -> int:
    demo = new_demo()
    with seeded_keycloak(demo.provider_port, CLIENTS, before=add_events):
        environ = new_console(demo)
        run(environ, "manage.py", "migrate", "--verbosity=0")
        print(reading_table(measure_reading(environ)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
