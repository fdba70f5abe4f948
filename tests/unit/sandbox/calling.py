"""Talks to a sandbox: as the console does, and as a person with a browser."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from sandbox import tokens

CALLBACK = "http://localhost:8000/sign-in/callback/"


@dataclass
class Caller:
    """Calls one sandbox the way the console does."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    @property
    def realm(self) -> str:
        return f"{self.url}/auth/realms/northwind"

    @property
    def protocol(self) -> str:
        return f"{self.realm}/protocol/openid-connect"

    def control(self, method: str, path: str, /, **body: Any) -> requests.Response:
        answer = self.http.request(method, f"{self.url}/_sandbox{path}", json=body)
        answer.raise_for_status()
        return answer

    def token(
        self, client_id: str, secret: str | None = None, **form: str
    ) -> requests.Response:
        """Ask for a token with the client credentials grant."""
        secret = f"demonstration-only-{client_id}" if secret is None else secret
        form = {"client_id": client_id, "client_secret": secret} | form
        form = {"grant_type": "client_credentials"} | form
        return self.http.post(f"{self.protocol}/token", data=form)

    def claims(self, client_id: str, **form: str) -> dict[str, Any]:
        claims = tokens.read(self.token(client_id, **form).json()["access_token"])
        assert claims is not None
        return claims

    def sign_in_as_console(self) -> None:
        answer = self.token("api-client-console", "demonstration-only")
        self.use(answer.json()["access_token"])

    def use(self, token: str) -> None:
        self.http.headers["Authorization"] = f"Bearer {token}"

    def admin(self, method: str, path: str, **options: Any) -> requests.Response:
        address = f"{self.url}/auth/admin/realms/northwind{path}"
        return self.http.request(method, address, **options)

    def uuid(self, client_id: str) -> str:
        found = self.admin("GET", "/clients", params={"clientId": client_id}).json()
        return str(found[0]["id"])

    def client(self, uuid: str) -> dict[str, Any]:
        return dict(self.admin("GET", f"/clients/{uuid}").json())

    def account(self, client_id: str) -> str:
        uuid = self.uuid(client_id)
        user = self.admin("GET", f"/clients/{uuid}/service-account-user").json()
        return str(user["id"])


class Browser:
    """A person in front of a browser, as far as signing in needs one."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.http = requests.Session()

    def open(self, path: str, **parameters: str | None) -> requests.Response:
        return self.http.get(
            f"{self._caller.protocol}{path}", params=parameters, allow_redirects=False
        )

    def authorize(self, **changes: str | None) -> requests.Response:
        parameters: dict[str, str | None] = {
            "client_id": "api-client-console",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": tokens.challenge("v" * 50),
            "code_challenge_method": "S256",
        }
        return self.open("/auth", **{**parameters, **changes})

    def send(self, page: requests.Response, **fields: str) -> requests.Response:
        """Fill the form of a page in and send it."""
        action = re.search(r'action="([^"]+)"', page.text)
        assert action is not None
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        return self.http.post(
            unescape(action[1]), data={**dict(hidden), **fields}, allow_redirects=False
        )

    def sign_in(self, username: str = "client-admin", **changes: str | None) -> str:
        """The code that the client is sent."""
        page = self.authorize(**changes)
        answer = self.send(page, username=username, password=username)
        return returned(answer)["code"]

    def exchange(self, code: str, /, **changes: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": "v" * 50,
        }
        return requests.post(
            f"{self._caller.protocol}/token",
            data={**form, **changes},
            auth=("api-client-console", "demonstration-only"),
            timeout=5,
        )


def returned(answer: requests.Response) -> dict[str, str]:
    """The parameters of the address that the browser is sent to."""
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
