"""Login events, newest first unless asked otherwise."""

from datetime import UTC, datetime

from sandbox.admin.access import Power, require, router
from sandbox.admin.paging import page
from sandbox.messages import HttpError, Response, as_json, error, unknown_error
from sandbox.model import JsonObject
from sandbox.routing import Call

routes = router("/events")
_DAY = 86_400_000
_TYPES = {
    *("LOGIN", "LOGIN_ERROR", "LOGOUT", "LOGOUT_ERROR", "CODE_TO_TOKEN"),
    *("CLIENT_LOGIN", "CLIENT_LOGIN_ERROR", "REFRESH_TOKEN", "INTROSPECT_TOKEN"),
}


@routes.route("GET", "/config")
def read_config(call: Call) -> Response:
    require(call, Power.VIEW_EVENTS)
    names = ("eventsEnabled", "eventsExpiration", "enabledEventTypes")
    settings = call.state.realm.settings
    return as_json({name: settings[name] for name in names if name in settings})


@routes.route("GET", "")
def list_events(call: Call) -> Response:
    require(call, Power.VIEW_EVENTS)
    types = call.request.parameters.get("type", [])
    if not _TYPES.issuperset(types):
        raise unknown_error()
    direction = (call.request.parameter("direction") or "desc").lower()
    if direction not in {"asc", "desc"}:
        text = "Invalid value for sortDirection, expected value is asc or desc"
        raise error(400, text)
    found = [event for event in call.state.events if _meets(call, event, types)]
    if direction == "desc":
        found.reverse()
    return as_json(page(call, found, default=100))


def _meets(call: Call, event: JsonObject, types: list[str]) -> bool:
    fields = {"client": "clientId", "user": "userId", "ipAddress": "ipAddress"}
    wanted = {key: call.request.parameter(name) for name, key in fields.items()}
    start = _instant(call, "dateFrom")
    end = _instant(call, "dateTo")
    return (
        (not types or event["type"] in types)
        and all(not value or event.get(key) == value for key, value in wanted.items())
        and (start is None or event["time"] >= start)
        and (end is None or event["time"] <= end)
    )


def _instant(call: Call, name: str) -> int | None:
    """Milliseconds, given as such or as a day; a last day counts whole."""
    text = call.request.parameter(name)
    if not text:
        return None
    if text.isdigit():
        return int(text)
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as problem:
        raise _bad_date(name) from problem
    start = int(day.timestamp() * 1000)
    return start + _DAY - 1 if name == "dateTo" else start


def _bad_date(name: str) -> HttpError:
    return error(
        400,
        f"Invalid value for '{name}', expected format is yyyy-MM-dd or an Epoch"
        " timestamp",
    )
