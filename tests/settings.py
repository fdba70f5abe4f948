"""The console's settings in the environment of the tests, for pytest and mypy."""

from tests import environment

environment.apply()

from console.settings import *  # noqa: E402, F403 - it reads the environment
