"""`make audit`: is anything known against the packages that run in production?

Asks the service of pip-audit. Where that cannot be reached it says so, and holds the
lock file to the last review that people wrote down in docs/advisories.md.
"""

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.keycloak import ROOT
from tools.supply import LOCK, lock_digest, locked

REVIEW = ROOT / "docs" / "advisories.md"
GOOD_FOR = datetime.timedelta(days=14)
SECONDS = 120

# The whole lock file, hashes and all, and nothing that is not in it.
COMMAND = ("--strict", "--require-hashes", "--disable-pip", "--format=json")


def reviewed_on() -> datetime.date:
    """The day of the review in docs/advisories.md."""
    (day,) = re.findall(r"^Reviewed on (\S+)\.$", REVIEW.read_text(), re.MULTILINE)
    return datetime.date.fromisoformat(day)


def reviewed_lock() -> str:
    (digest,) = re.findall(r"`([0-9a-f]{64})`", REVIEW.read_text())
    return str(digest)


def floors() -> dict[str, str]:
    """The oldest version of each package without a known hole, by the review."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\S+) \|", REVIEW.read_text(), re.M)
    return dict(rows)


def numbers(version: str) -> tuple[int, ...]:
    """For comparing: 5.2.19 is after 5.2.2."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def below_floor() -> list[str]:
    """Packages that are missing or older than the review demands."""
    pinned = locked()
    return [
        f"{name} {pinned.get(name, 'is missing')}: the floor is {floor}"
        for name, floor in floors().items()
        if name not in pinned or numbers(pinned[name]) < numbers(floor)
    ]


def ask(program: str) -> tuple[list[str], str]:
    """What the service knows against each package; else why nobody could tell."""
    command = (program, *COMMAND, "--progress-spinner=off", f"--requirement={LOCK}")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        found = _holes(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return [], f"no answer within {SECONDS} s"
    except (ValueError, LookupError, TypeError):
        said = done.stderr.strip().splitlines()
        return [], said[-1] if said else "no answer"
    return found, ""


def _holes(report: Any) -> list[str]:
    audited = {row["name"]: row for row in report["dependencies"]}
    missing = sorted(locked().keys() - audited.keys())
    if missing:
        raise ValueError(f"not audited: {', '.join(missing)}")
    return [
        f"{name} {row['version']}: {hole['id']}"
        for name, row in audited.items()
        for hole in row["vulns"]
    ]


def hindrances(today: datetime.date) -> list[str]:
    """Why the written review does not do."""
    found = below_floor()
    if reviewed_lock() != lock_digest():
        found.append("requirements.txt changed since: review it, and note its hash")
    if today - reviewed_on() > GOOD_FOR:
        found.append(f"it is older than {GOOD_FOR.days} days: review it again")
    return found


def main() -> int:
    holes, away = ask(str(Path(sys.executable).parent / "pip-audit"))
    if not away:
        print("\n".join(holes) or "pip-audit: nothing is known against any package.")
        return int(bool(holes))
    print(f"NOT ASKED: the service of pip-audit could not be used: {away}")
    print(f"Instead: docs/advisories.md, reviewed on {reviewed_on()}.")
    found = hindrances(datetime.datetime.now(datetime.UTC).date())
    print("\n".join(found) or "Every package is at or above its floor there.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
