"""`python -m sandbox`: run the sandbox in the foreground."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from sandbox.history import add_history
from sandbox.importing import DEMO_REALM
from sandbox.server import make_server


def main() -> int:
    options = _parser().parse_args()
    try:
        server = make_server(
            options.port,
            host=options.host,
            realm_file=options.realm,
            state_file=options.state,
        )
    except (OSError, ValueError) as problem:
        print(f"The sandbox cannot start: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    add_history(server.state, days=options.history)
    name = server.state.realm.name
    print(f"Sandbox: realm {name} at {server.url}/auth", flush=True)  # noqa: T201
    with suppress(KeyboardInterrupt):
        server.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8180)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--realm", type=Path, default=DEMO_REALM, help="realm file")
    parser.add_argument(
        "--state", type=Path, help="file that keeps changes over a restart"
    )
    parser.add_argument(
        "--history", type=int, default=90, help="days of login events before now"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
