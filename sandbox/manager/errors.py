"""The Manager's errors: one shape, and the same code for 401 and 403."""

from sandbox.messages import HttpError
from sandbox.model import JsonObject


def unauthorized(status: int) -> HttpError:
    """401 without a good token, 403 without the role; only the status differs."""
    return _error(status, "Unauthorized", "Missing or insufficient credentials")


def not_found(cluster_id: str, version: str = "") -> HttpError:
    of_version = f" with resource version {version}" if version else ""
    return _error(404, "NotFound", f"Cluster {cluster_id}{of_version} not found")


def bad_argument(code: str, target: str, message: str) -> HttpError:
    """`code` is NullValue or MalformedValue."""
    details = [{"code": code, "target": target, "message": message}]
    return _error(400, "BadArgument", "Request contains invalid arguments", details)


def conflict(message: str) -> HttpError:
    return _error(409, "Conflict", message)


def _error(
    status: int, code: str, message: str, details: list[JsonObject] | None = None
) -> HttpError:
    error = {
        "code": code,
        "message": message,
        **({"details": details} if details else {}),
    }
    return HttpError(status, {"error": error})
