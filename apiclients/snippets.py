"""Ready code that gets a token and calls the API with it. Never holds the secret."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

PLACEHOLDER = "YOUR_CLIENT_SECRET"

CURL = """\
curl --request POST '{token_endpoint}' \\
  --header 'Content-Type: application/x-www-form-urlencoded' \\
  --data-urlencode 'client_id={client_id}' \\
  --data-urlencode 'client_secret={secret}' \\
  --data-urlencode 'grant_type=client_credentials'

# then call the API with the access_token of the answer
curl '{api}' \\
  --header 'Authorization: Bearer ACCESS_TOKEN'"""

PYTHON = """\
import os
import requests

token = requests.post(
    "{token_endpoint}",
    data={{
        "grant_type": "client_credentials",
        "client_id": "{client_id}",
        "client_secret": os.environ["{secret}"],
    }},
    timeout=10,
).json()["access_token"]

answer = requests.get(
    "{api}",
    headers={{"Authorization": f"Bearer {{token}}"}},
    timeout=10,
)
answer.raise_for_status()"""

JAVASCRIPT = """\
const token = await fetch("{token_endpoint}", {{
  method: "POST",
  body: new URLSearchParams({{
    grant_type: "client_credentials",
    client_id: "{client_id}",
    client_secret: process.env.{secret},
  }}),
}}).then((answer) => answer.json());

const answer = await fetch("{api}", {{
  headers: {{ Authorization: `Bearer ${{token.access_token}}` }},
}});"""

JAVA = """\
HttpClient http = HttpClient.newHttpClient();
String form = "grant_type=client_credentials&client_id={client_id}&client_secret="
    + URLEncoder.encode(System.getenv("{secret}"), StandardCharsets.UTF_8);
HttpResponse<String> token = http.send(
    HttpRequest.newBuilder(URI.create("{token_endpoint}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .build(),
    HttpResponse.BodyHandlers.ofString());

// then call the API with the access_token of the answer
HttpRequest call = HttpRequest.newBuilder(URI.create("{api}"))
    .header("Authorization", "Bearer " + accessToken)
    .build();"""

PYDRUID = """\
import os
import requests
from pydruid.client import PyDruid

token = requests.post(
    "{token_endpoint}",
    data={{
        "grant_type": "client_credentials",
        "client_id": "{client_id}",
        "client_secret": os.environ["{secret}"],
    }},
    timeout=10,
).json()["access_token"]

druid = PyDruid("https://YOUR_CLUSTER:9088", "druid/v2")
druid.set_default_headers({{"Authorization": f"Bearer {{token}}"}})"""


def _in_shell(text: str) -> str:
    return text.replace("'", r"'\''")


def _in_code(text: str) -> str:
    """What JSON escapes, Python, JavaScript and Java read in the same way."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _in_form(text: str) -> str:
    return quote(text, safe="")


# Keycloak takes any text for the id of a client that was made elsewhere, so each
# language has its own way to write it.
LANGUAGES = {
    "curl": ("curl", CURL, _in_shell),
    "python": ("Python", PYTHON, _in_code),
    "javascript": ("JavaScript", JAVASCRIPT, _in_code),
    "java": ("Java", JAVA, _in_form),
    "pydruid": ("pydruid", PYDRUID, _in_code),
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """`query` chooses it on the Credentials tab, without a script too."""

    key: str
    label: str
    text: str
    current: bool

    @property
    def query(self) -> str:
        return f"?language={self.key}"


def list_snippets(
    client_id: str, token_endpoint: str, *, current: str = ""
) -> list[Snippet]:
    """One for each language; the current one is the first unless another is named."""
    chosen = current if current in LANGUAGES else "curl"
    manager = settings.IMPLY_MANAGER_URL or "https://YOUR_ORGANIZATION.implycloud.com"
    return [
        Snippet(
            key,
            label,
            template.format(
                client_id=written(client_id),
                token_endpoint=token_endpoint,
                secret=PLACEHOLDER,
                api=f"{manager}/api/v1/clusters",
            ),
            key == chosen,
        )
        for key, (label, template, written) in LANGUAGES.items()
    ]
