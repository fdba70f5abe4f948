"""From a request to its answer: faults, routes, and a record of every call."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import control
from sandbox.admin import routes as admin_routes
from sandbox.faults import Action, Fault
from sandbox.manager.clusters import routes as manager_routes
from sandbox.messages import HttpError, Request, Response, unknown_error
from sandbox.oidc import routes as oidc_routes
from sandbox.routing import Router
from sandbox.state import State
from sandbox.storage import Storage

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """A response, and the fault that the server lets it run into. None: no answer."""

    response: Response | None
    fault: Fault | None = None


class Application:
    """Answers one request at a time; waits outside the lock."""

    def __init__(self, state: State, storage: Storage | None = None) -> None:
        self.state = state
        self._storage = storage
        keycloak = Router("/auth")
        keycloak.include(oidc_routes, admin_routes)
        self._routes = Router()
        self._routes.include(keycloak, manager_routes)

    def answer(self, request: Request, wait: Callable[[float], object]) -> Answer:
        """`wait` is given the seconds that a fault holds the request back."""
        controls = request.path.startswith(control.PREFIX)
        with self.state.lock:
            fault = None if controls else self.state.faults.take(request)
        if fault and fault.action is Action.HOLD:
            wait(fault.seconds)
        with self.state.lock:
            if controls:
                answer = Answer(_handled(control.routes, request, self.state))
            else:
                answer = self._answer_as_provider(request, fault)
            if self._storage:
                self._storage.save_if_changed(self.state)
        return answer

    def _answer_as_provider(self, request: Request, fault: Fault | None) -> Answer:
        if fault and fault.action.leaves_undone:
            drop = fault.action is Action.DROP_BEFORE
            response = None if drop else fault.answer()
        else:
            response = _handled(self._routes, request, self.state)
        if fault and fault.action is Action.DROP_AFTER:
            response = None
        elif fault and fault.action is Action.GARBAGE:
            response = fault.answer()
        if request.path.startswith(("/auth/", "/api/")):
            self._record(request, response)
        return Answer(response, fault)

    def _record(self, request: Request, response: Response | None) -> None:
        self.state.calls.append(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "status": response.status if response else None,
                "request_id": request.headers.get("x-request-id"),
            }
        )


def _handled(routes: Router, request: Request, state: State) -> Response:
    try:
        return routes.answer(request, state)
    except HttpError as problem:
        return problem.response
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return unknown_error().response
