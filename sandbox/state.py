"""Everything that the sandbox knows, behind one lock."""

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.faults import Faults
from sandbox.manager import seed as manager_seed
from sandbox.realm import Realm

# Enough for a long demonstration; the oldest go first.
_KEPT_EVENTS = 50_000
_KEPT_CALLS = 50_000


@dataclass
class Session:
    """A person's single sign-on session; `clients` are the uuids signed in to."""

    id: str
    user_id: str
    started_at: int
    clients: set[str] = field(default_factory=set)


@dataclass
class SignIn:
    """A sign-in that waits for its password, or a code that waits to be exchanged."""

    client: str
    redirect_uri: str
    scope: str
    state: str | None = None
    nonce: str | None = None
    challenge: str | None = None
    challenge_method: str | None = None
    session: str = ""
    fresh: bool = True
    expires_at: float = 0
    used: bool = False


class State:
    """A realm, and what has happened to it since the start or the last reset.

    Every request is handled while `lock` is held, so nothing happens in between.
    """

    def __init__(self, realm: Realm) -> None:
        self.lock = threading.RLock()
        self.pristine = realm
        self.faults = Faults()
        self.reset()

    def reset(self) -> None:
        self.realm = self.pristine.copy()
        self.sessions: dict[str, Session] = {}
        self.sign_ins: dict[str, SignIn] = {}
        self.codes: dict[str, SignIn] = {}
        self.events: deque[dict[str, Any]] = deque(maxlen=_KEPT_EVENTS)
        self.calls: deque[dict[str, Any]] = deque(maxlen=_KEPT_CALLS)
        self.clock_offset = 0.0
        self.fleet = manager_seed.fleet(self.now())
        self.faults.clear()

    def now(self) -> float:
        return time.time() + self.clock_offset

    def session_of(self, session_id: str | None) -> Session | None:
        """A session that is still good."""
        session = self.sessions.get(session_id or "")
        if session is None:
            return None
        lifespan = self.seconds("ssoSessionMaxLifespan", 36000)
        return session if self.now() < session.started_at + lifespan else None

    def seconds(self, setting: str, default: int) -> int:
        return int(self.realm.settings.get(setting, default))

    def record_event(self, kind: str, **fields: Any) -> None:
        """Keep a login event, if the realm keeps events of this kind."""
        settings = self.realm.settings
        if settings.get("eventsEnabled") and kind in settings["enabledEventTypes"]:
            event = {
                "id": str(uuid.uuid4()),
                "time": int(self.now() * 1000),
                "type": kind,
                "realmId": self.realm.id,
                **fields,
            }
            self.events.append({k: v for k, v in event.items() if v is not None})
