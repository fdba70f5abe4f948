"""A console that has seen nothing yet, for a real Keycloak on a free port."""

import shutil

from tools.demo import Demo, demo_environ
from tools.keycloak import VAR
from tools.ports import free_port

FOLDER = "bench"


def new_demo() -> Demo:
    """Where the next console and its Keycloak listen."""
    return Demo(free_port(), free_port(), keycloak=True, folder=FOLDER)


def new_console(demo: Demo) -> dict[str, str]:
    """The environment of one with an empty database."""
    folder = VAR / FOLDER / "console"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = folder / "db.sqlite3"
    return {**demo_environ(demo), "DATABASE_URL": f"sqlite:///{database}"}
