"""Nothing reaches another service unrecorded, and nothing else writes the record."""

import ast
from collections.abc import Iterator

import pytest

from audit.models import Action, Record
from audit.wording import SENTENCES, category
from tests.architecture.code import (
    Function,
    Module,
    calls,
    find_module,
    list_modules,
    name_of,
    place,
)

# Gateway methods that change something, by what they use of the transport.
SENDING = {
    *("post", "post_for_location", "post_for_nothing"),
    *("put", "put_for_answer", "delete"),
}
# Reading a secret or a token changes nothing and is recorded all the same.
ALSO_RECORDED = {"read_secret"}
# A secret that is read, used and dropped, and that nobody sees: where, and what for.
UNSEEN = {
    ("apiclients/selectors.py", "get_fingerprint"),
    ("apiclients/services.py", "regenerate_secret"),
    ("apiclients/settling.py", "was_regenerated"),
}
WRITING = {
    *("save", "create", "bulk_create", "get_or_create", "update_or_create"),
    *("update", "bulk_update", "delete"),
}


def recorded_methods() -> set[str]:
    found = set(ALSO_RECORDED)
    for module in list_modules():
        if not module.name.startswith("gateways/") or module.name.count("/") < 2:
            continue
        for function in module.functions():
            uses = {name_of(call) for call in calls(function) if _is_http(call)}
            if uses & SENDING:
                found.add(function.name)
    return found


def _is_http(call: ast.Call) -> bool:
    target = call.func
    return (
        isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self._http"
    )


# Whatever could call a gateway.
USERS = [
    module
    for module in list_modules()
    if module.name.startswith(("apiclients/", "audit/", "clusters/", "console/"))
]


def gateway_calls(module: Module) -> Iterator[tuple[Function, ast.Call]]:
    """Each call of such a method, with the function that it stands in.

    A service may have the same name, and is called through its module; a gateway is
    never imported but built: `configured.clients().delete_client(uuid)`.
    """
    methods = recorded_methods()
    for function in module.functions():
        for call in calls(function):
            target = call.func
            if not isinstance(target, ast.Attribute) or target.attr not in methods:
                continue
            if ast.unparse(target.value) not in imported(module):
                yield function, call


def imported(module: Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def recorded_calls(function: Function) -> set[ast.Call]:
    """What stands inside a `with recording(...)` of this function."""
    return {
        call
        for block in ast.walk(function)
        if isinstance(block, ast.With)
        and any(
            isinstance(item.context_expr, ast.Call)
            and name_of(item.context_expr) == "recording"
            for item in block.items
        )
        for statement in block.body
        for call in calls(statement)
    }


def test_the_methods_that_must_be_recorded_were_found() -> None:
    assert recorded_methods() >= {
        *("create_client", "update_client", "delete_client"),
        *("regenerate_secret", "read_secret"),
    }
    assert not recorded_methods() & {"get_client", "get_effective_roles", "value"}


def test_the_calls_that_must_be_recorded_were_found() -> None:
    services = find_module("apiclients/services.py")

    found = {name_of(call) for _, call in gateway_calls(services)}

    assert found >= recorded_methods() & {
        *("create_client", "update_client", "delete_client", "regenerate_secret"),
        "read_secret",
    }


@pytest.mark.parametrize("module", USERS, ids=lambda module: module.name)
def test_what_changes_something_upstream_is_called_by_services_on_record(
    module: Module,
) -> None:
    for function, call in gateway_calls(module):
        unseen = (module.name, function.name) in UNSEEN
        if unseen and name_of(call) == "read_secret":
            continue
        assert "services" in module.name, place(module, call)
        assert call in recorded_calls(function), place(module, call)


@pytest.mark.parametrize(
    "module",
    [module for module in USERS if "services" in module.name],
    ids=lambda module: module.name,
)
def test_every_service_of_an_actor_leaves_an_entry(module: Module) -> None:
    functions = {function.name: function for function in module.functions()}

    def records(name: str, seen: frozenset[str] = frozenset()) -> bool:
        called = {name_of(call) for call in calls(functions[name])}
        inner = called & set(functions) - seen - {name}
        itself = bool(called & {"recording", "record_event", "record_release"})
        return itself or any(records(n, seen | {name}) for n in inner)

    for name, function in functions.items():
        arguments = {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
        if "actor" in arguments and not name.startswith("_"):
            assert records(name), name


# Who writes the log's tables. What is no record may change; records never do.
WRITERS = {
    "Record": "audit/recorder.py",
    "OpenIntent": "audit/locks.py",
    "SentForm": "audit/sent_forms.py",
}


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_each_table_of_the_log_has_one_writer(module: Module) -> None:
    for call in calls(module.tree):
        target = ast.unparse(call.func)
        for model, writer in WRITERS.items():
            if module.name == writer:
                continue
            assert target != model, place(module, call)
            if target.startswith(f"{model}.objects"):
                assert name_of(call) not in WRITING, place(module, call)
    if module.name != WRITERS["Record"]:
        assert "audit_record" not in module.text.replace("audit_record_", "")


def test_the_recorder_saves_a_record_by_appending_it_to_the_chain() -> None:
    chain, recorder = find_module("audit/chain.py"), find_module("audit/recorder.py")

    saved = [ast.unparse(c.func) for c in calls(chain.tree) if name_of(c) == "save"]
    written = {name_of(call) for call in calls(recorder.tree)}

    assert sorted(saved) == ["head.save", "record.save"]
    assert "append" in written
    assert not written & {"save", "bulk_create"}


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_only_asking_keycloak_confirms_an_actor(module: Module) -> None:
    makers = {
        f"{module.name} {function.name}"
        for function in module.functions()
        for call in calls(function)
        if name_of(call) == "ConfirmedActor"
    }

    assert makers <= {"console/access.py confirm"}
    if module.name == "console/access.py":
        assert makers, "or it has another name now"


@pytest.mark.parametrize("action", Action)
def test_every_action_has_wording_and_a_category(action: Action) -> None:
    assert len(SENTENCES[action]) == 2
    assert category(Record(action=action)) in {"Auth", "Admin", "Secret"}
    assert len(action) <= (Record._meta.get_field("action").max_length or 0)
