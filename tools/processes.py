"""Starting a program in a process group of its own, and ending all of the group."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


def start_group(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    output: IO[bytes] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that Ctrl-C in the terminal does not reach by itself."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
    )


def stop_group(process: subprocess.Popen[bytes], *, seconds: float = 15) -> None:
    """Ask the whole group to end, and make it end when it does not."""
    deadline = time.monotonic() + seconds
    _signal_group(process, signal.SIGTERM)
    while time.monotonic() < deadline:
        process.poll()  # a group whose leader nobody has waited for still exists
        if not _group_exists(process.pid):
            break
        time.sleep(0.05)
    else:
        _signal_group(process, signal.SIGKILL)
    process.wait()


def tail(log: Path, lines: int = 25) -> str:
    """The end of a log, for an error message."""
    if not log.exists():
        return ""
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
