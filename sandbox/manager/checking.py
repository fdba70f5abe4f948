"""What the Manager demands of a configuration that it is sent."""

import json
from typing import Any

from sandbox.manager.errors import bad_argument, conflict
from sandbox.manager.fleet import Cluster
from sandbox.model import JsonObject


def checked(body: bytes, cluster: Cluster) -> tuple[JsonObject, JsonObject]:
    """Metadata and spec. Raises HttpError: 400, or 409 if it was made of old ones."""
    try:
        data = json.loads(body)
    except ValueError as problem:
        raise bad_argument("MalformedValue", "", "Not a JSON document") from problem
    if not isinstance(data, dict):
        raise bad_argument("MalformedValue", "", "Not a cluster")
    if "status" in data:
        message = "The status of a cluster cannot be set"
        raise bad_argument("MalformedValue", "status", message)
    metadata, spec = _object(data, "metadata"), _object(data, "spec")
    _check_names(metadata, cluster)
    _check_flags(spec)
    version = metadata.pop("resourceVersion", cluster.wanted.number)
    if version != cluster.wanted.number:
        raise conflict(f"Cluster {cluster.name} is not at resource version {version}")
    return metadata, spec


def _object(data: dict[str, Any], name: str) -> JsonObject:
    value = data.get(name)
    if value is None:
        raise bad_argument("NullValue", name, f"Cluster {name} must not be null")
    if not isinstance(value, dict):
        raise bad_argument("MalformedValue", name, f"Cluster {name} must be an object")
    return value


def _check_names(metadata: JsonObject, cluster: Cluster) -> None:
    if metadata.get("name") is None:
        message = "Cluster name must not be null"
        raise bad_argument("NullValue", "metadata.name", message)
    for name in ("uid", "environment"):
        if metadata.get(name) != cluster.wanted.metadata.get(name):
            message = f"The {name} of a cluster cannot be changed"
            raise bad_argument("MalformedValue", f"metadata.{name}", message)


def _check_flags(spec: JsonObject) -> None:
    flags = spec.get("featureFlags", [])
    if not isinstance(flags, list) or not all(isinstance(f, str) for f in flags):
        message = "Feature flags must be an array of strings"
        raise bad_argument("MalformedValue", "spec.featureFlags", message)
