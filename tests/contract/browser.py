"""A person at the sign-in page, by plain HTTP: pages, forms and cookies."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

from tests.contract.support import (
    CALLBACK,
    CONSOLE_ID,
    CONSOLE_SECRET,
    TIMEOUT,
    Upstream,
)


class Browser:
    """One browser with its cookies; `verifier` belongs to the sign-in it starts."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.verifier = secrets.token_urlsafe(48)
        self._http = requests.Session()
        self._http.trust_env = False

    def open(self, **changes: str | None) -> requests.Response:
        """The answer of the authorization endpoint; None leaves a parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CONSOLE_ID,
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return self._send("GET", f"{self.upstream.oidc}/auth", params=parameters)

    def sign_in(
        self, username: str, password: str, **changes: str | None
    ) -> requests.Response:
        """Fill in the page and send it."""
        return self.submit(self.open(**changes), username=username, password=password)

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """Send the only form of a page, with its hidden fields."""
        form = form_of(page)
        hidden = {
            str(field["name"]): str(field.get("value", ""))
            for field in form.select("input[type=hidden]")
        }
        address = requests.compat.urljoin(page.url, str(form["action"]))
        return self._send("POST", address, data=hidden | fields)

    def log_out(self, **parameters: str) -> requests.Response:
        return self._send("GET", f"{self.upstream.oidc}/logout", params=parameters)

    def code(self, username: str, **changes: str | None) -> str:
        """A code for a person whose password is the account's name."""
        return sent_back(self.sign_in(username, username, **changes))["code"]

    def tokens(self, username: str) -> dict[str, Any]:
        """What the code is exchanged for."""
        answer = self.exchange(self.code(username))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": CONSOLE_ID,
            "client_secret": CONSOLE_SECRET,
        }
        return self.upstream.send_form(**form | changes)

    def _send(self, method: str, address: str, **options: Any) -> requests.Response:
        # Browsers send Secure cookies to this machine over plain HTTP, too.
        for cookie in self._http.cookies:
            cookie.secure = False
        return self._http.request(
            method, address, allow_redirects=False, timeout=TIMEOUT, **options
        )


def form_of(page: requests.Response) -> Tag:
    (form,) = BeautifulSoup(page.text, "html.parser").select("form")
    return form


def text_of(page: requests.Response) -> str:
    """What a person reads, in one line."""
    soup = BeautifulSoup(page.text, "html.parser")
    for unread in soup.select("script, style"):
        unread.decompose()
    return " ".join(soup.get_text(" ").split())


def sent_back(answer: requests.Response) -> dict[str, str]:
    """The parameters that a person takes back to the console."""
    assert answer.status_code == 302, text_of(answer)
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}
