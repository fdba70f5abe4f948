"""Sessions of requests: whom they trust, and how long they are kept."""

import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from gateways.deadlines import POOLS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS


class Sessions:
    """One kept session a thread for reads, as sessions are not thread-safe.

    `ca_file`: the authorities to trust instead of the usual ones.
    """

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file
        self._local = threading.local()

    def kept(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self.fresh()
        return session

    def fresh(self) -> requests.Session:
        session = requests.Session()
        # No .netrc: it would replace our token. No proxies, no REQUESTS_CA_BUNDLE.
        session.trust_env = False
        if self._ca_file:
            session.verify = self._ca_file
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter())
        return session
