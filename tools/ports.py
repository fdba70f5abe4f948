"""Ports of this machine: which are free, and when a server answers on one."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

# A proxy of the environment has no business between two processes of one machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_free(port: int) -> bool:
    """Whether a server can listen there, on every address of this machine."""
    return all(
        _can_bind(family, address, port)
        for family, address in _addresses()
        if _can_bind(family, address, 0)  # this kind of address exists here
    )


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether the address answers with a page at all, whatever its status below 500."""
    try:
        with _direct.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def wait_until_answers(
    url: str, *, seconds: float, still_running: Callable[[], bool]
) -> bool:
    """Ask until the address answers; False when its server ends, or time does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not still_running():
            return False
        if answers(url):
            return True
        time.sleep(0.2)
    return False


def _addresses() -> list[tuple[int, str]]:
    return [
        (socket.AF_INET, "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0"),  # noqa: S104 - only asked, and closed at once
        (socket.AF_INET6, "::1"),
    ]


def _can_bind(family: int, address: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            # As servers do it: a connection that lingers from before is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError:
        return False
    return True
