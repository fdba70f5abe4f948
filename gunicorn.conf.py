"""The web server: how it listens, and how it stops.

SIGTERM stops it: no new connections, and every request under way is finished first.
With DRAIN_SECONDS it answers on for so long after SIGTERM, while /readyz already says
that it is about to go: time for a balancer to send requests elsewhere.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

# What the workers of this server share; named before anything counts.
_shared = Path(tempfile.mkdtemp(prefix="console-web-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_shared)
os.environ["DRAINING_FILE"] = str(_shared / "draining")

from prometheus_client import multiprocess  # noqa: E402

from console.logs import configuration  # noqa: E402

wsgi_app = "console.wsgi"
bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# Above the 20 seconds that a call to Keycloak may take with what is round it, so that a
# stop cuts no change in half.
timeout = 60
graceful_timeout = 30
control_socket_disable = True
_drain_seconds = float(os.environ.get("DRAIN_SECONDS", "0"))

_level = os.environ.get("LOG_LEVEL", "INFO")
logconfig_dict = configuration(os.environ.get("LOG_FORMAT", "line"), _level)


def when_ready(server: Any) -> None:
    """In the first process, once it listens: SIGTERM begins with a drain."""
    if not _drain_seconds:
        return

    def stop(*_: object) -> None:
        server.signal(signal.SIGTERM, None)

    def drain(*_: object) -> None:
        (_shared / "draining").touch()
        signal.signal(signal.SIGTERM, server.signal)  # a second one stops at once
        signal.setitimer(signal.ITIMER_REAL, _drain_seconds)

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, drain)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """Gauges of a process that is gone are no longer true."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:  # noqa: ARG001
    with contextlib.suppress(OSError):
        shutil.rmtree(_shared)
