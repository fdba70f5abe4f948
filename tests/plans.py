"""How a database means to find rows: its plan for a statement."""

from typing import Any

from django.db import connection


def explain(sql: str, params: Any = None) -> str:
    """One step a line, as the database says it."""
    way = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{way} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def reads_all(plan: str, table: str) -> bool:
    """Whether it reads every row of the table; or would sort more than it needs."""
    return any(
        line.strip(" ->").startswith((f"SCAN {table}", f"Seq Scan on {table}"))
        and "USING" not in line
        for line in plan.splitlines()
    )
