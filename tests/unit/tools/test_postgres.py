"""Which PostgreSQL is new enough."""

import pytest

from tools.postgres import parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("pg_ctl (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("pg_ctl (PostgreSQL) 17.2", 17),
        ("pg_ctl (PostgreSQL) 9.6.24", 9),
        ("pg_ctl: command not found", 0),
    ],
)
def test_parse_version_takes_the_major_one(text: str, version: int) -> None:
    assert parse_version(text) == version
