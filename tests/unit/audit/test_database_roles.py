"""The rights that docs/deployment.md gives to the console's database role suffice.

PostgreSQL alone: SQLite has no roles.
"""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import Action, Record
from audit.recorder import recording
from tests.factories import make_confirmed_actor, make_event
from tests.unit.audit.calls import REPORTS
from tools.keycloak import ROOT

ROLE = "console_for_tests"
GUIDE = (ROOT / "docs" / "deployment.md").read_text()

pytestmark = [
    pytest.mark.usefixtures("durable_db"),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has no roles"
    ),
]


@pytest.fixture
def as_the_console(durable_db: None) -> Iterator[None]:
    """The connection has the rights of the guide, for as long as the test runs."""
    [grants] = re.findall(r"```sql\n(GRANT .*?)```", GUIDE, re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(grants.replace(" console;", f" {ROLE};"))
        cursor.execute(f"SET ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


def test_the_console_can_record(as_the_console: None) -> None:
    with recording(
        Action.CLIENT_UPDATE,
        actor=make_confirmed_actor(),
        obj=REPORTS,
        operation=uuid4(),
    ):
        pass

    assert Record.objects.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET explanation = ''",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record CASCADE",
        "DELETE FROM audit_checkpoint",
        "ALTER TABLE audit_record DISABLE TRIGGER ALL",
        "DROP TABLE audit_record CASCADE",
        "DELETE FROM django_migrations",
    ],
)
def test_the_console_cannot_go_round_the_triggers(
    as_the_console: None, statement: str
) -> None:
    make_event()

    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
