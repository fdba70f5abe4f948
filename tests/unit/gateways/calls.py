"""Every way in which a transport is called, by name."""

from collections.abc import Callable
from typing import Any

from gateways.transport import Transport

SERVICE = "Keycloak"

READS: dict[str, Callable[[Transport], Any]] = {
    "get": lambda http: http.get("thing", parse=dict),
    "post_form": lambda http: http.post_form("thing", form={"a": "b"}, parse=dict),
}
WRITES: dict[str, Callable[[Transport], Any]] = {
    "post": lambda http: http.post("thing", parse=dict, json={}),
    "post_for_location": lambda http: http.post_for_location("thing", json={}),
    "post_for_nothing": lambda http: http.post_for_nothing("thing", json=[]),
    "put_for_answer": lambda http: http.put_for_answer("thing", json={}, parse=dict),
    "put": lambda http: http.put("thing", json={}),
    "delete": lambda http: http.delete("thing"),
}
CALLS = READS | WRITES
# Those to whom an answer says nothing.
SILENT = {"put", "delete", "post_for_nothing"}
