"""`make bench-audit`: the audit log at 10 million records against 10 thousand.

On SQLite and PostgreSQL: each page and filter, and the memory of an export and of
audit_verify. Sizes are in the environment: BENCH_AUDIT_FEW and _MANY records, _EXPORT
for the two measurements of memory. Ten million need about 15 GB of disk for each
database; `python -m tools.bench_audit PostgreSQL` takes that one alone.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.environment import DEFAULTS
from tools.errors import MissingError, StartError
from tools.postgres import running_postgres

FEW = int(os.environ.get("BENCH_AUDIT_FEW", "10_000"))
MANY = int(os.environ.get("BENCH_AUDIT_MANY", "10_000_000"))
EXPORT = int(os.environ.get("BENCH_AUDIT_EXPORT", "1_000_000"))
ROUNDS = 3
MANAGE = ("manage.py",)
AUDIT_LOG = ("-m", "tests.benchmarks.audit_log")


@contextlib.contextmanager
def sqlite_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'audit.sqlite3'}"


# Of each page what it takes: "page" and "sql" in ms, "queries", "rows".
Costs = dict[str, dict[str, float]]
DATABASES = {"SQLite": sqlite_file, "PostgreSQL": running_postgres}


def bench(name: str) -> None:
    """Both logs in turn, so that a machine that grows busy is busy for both."""
    with contextlib.ExitStack() as stack:
        urls = {}
        for count in (FEW, MANY):
            say(f"{name}: building {count:,} records ...")
            urls[count] = stack.enter_context(DATABASES[name]())
            run(urls[count], *MANAGE, "migrate", "--verbosity=0")
            run(urls[count], *AUDIT_LOG, "fill", str(count))
        rounds = [
            [json.loads(run(url, *AUDIT_LOG, "pages")) for url in urls.values()]
            for _ in range(ROUNDS)
        ]
        report(name, *(middle_of(costs) for costs in zip(*rounds, strict=True)))
        memory = measure_exports(urls[MANY])
    for entries, kilobytes in memory.items():
        say(f"export of {entries:,} entries: {kilobytes / 1024:.0f} MB at most")
    few, many = memory.values()
    say(f"ratio {many / few:.2f}x")


def middle_of(rounds: Sequence[Costs]) -> Costs:
    """Of each page and kind of cost the median."""
    return {
        page: {kind: median(costs[page][kind] for costs in rounds) for kind in kinds}
        for page, kinds in rounds[0].items()
    }


def measure_exports(url: str) -> dict[int, int]:
    """The largest size of a process that exports so many entries, in kB."""
    found = {}
    for entries in (min(FEW, EXPORT), EXPORT):
        until = run(url, *AUDIT_LOG, "instant", str(entries)).strip()
        command = (*MANAGE, "audit_export", "--format=json", f"--until={until}")
        found[entries], _ = measure_process(url, *command)
    return found


def bench_verification(name: str) -> None:
    """Of chains of their own: to link ten million records would take hours."""
    sizes = []
    for records in (min(FEW, EXPORT), EXPORT):
        with DATABASES[name]() as url:
            say(f"{name}: linking {records:,} records ...")
            run(url, *MANAGE, "migrate", "--verbosity=0")
            run(url, *AUDIT_LOG, "fill", str(records))
            run(url, *AUDIT_LOG, "link")
            size, seconds = measure_process(url, *MANAGE, "audit_verify")
            sizes.append(size)
            say(
                f"audit_verify over {records:,} records: "
                f"{size / 1024:.0f} MB at most, {seconds:.0f} s"
            )
    say(f"ratio {sizes[1] / sizes[0]:.2f}x")


def measure_process(url: str, *arguments: str) -> tuple[int, float]:
    """Its largest size in kB, and its seconds."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environ(url), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise StartError(f"{' '.join(arguments)} failed")
    return usage.ru_maxrss, time.monotonic() - started


def report(name: str, few: Costs, many: Costs) -> None:
    say(f"\n{name}, medians: {FEW:,} records against {MANY:,}")
    say(f"{'':<28}{'page':>20}{'SQL':>20}{'page':>9}{'SQL':>7}")
    for page, a in few.items():
        b = many[page]
        say(
            f"{page:<28}{a['page']:>8.1f} {b['page']:>8.1f} ms"
            f"{a['sql']:>8.2f} {b['sql']:>8.2f} ms"
            f"{b['page'] / a['page']:>8.2f}x{b['sql'] / a['sql']:>6.1f}x"
        )


def run(url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environ(url),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"{' '.join(arguments)} failed")
    return done.stdout


def environ(url: str) -> dict[str, str]:
    return {
        **os.environ,
        **DEFAULTS,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        subprocess.run(
            [sys.executable, *MANAGE, "collectstatic", "--no-input", "--verbosity=0"],
            env=environ("sqlite://:memory:"),
            check=True,
        )
        for name in sys.argv[1:] or DATABASES:
            bench(name)
            bench_verification(name)
    except KeyboardInterrupt:
        return 130
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
