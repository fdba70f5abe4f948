"""Ten megabytes where a few letters are expected."""

import pytest
from django.urls import reverse

from tests.sandbox_control import SandboxControl
from tests.screens.fuzz.hostile import MARK
from tests.screens.fuzz.sending import Fuzzer

LARGE = 10_000_000
FIELDS = ("description", "reason", "token", "logout_token", "next", "clients", "q")
ADDRESSES = ("apiclients:create", "apiclients:bulk", "console:theme", "audit:export")
PART = f'--zqz\r\nContent-Disposition: form-data; name="{MARK}"; filename="{MARK}"\r\n'


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_large_form_is_refused_unread(fuzzer: Fuzzer, target: str, name: str) -> None:
    text = "<zqz>" * (LARGE // 5)

    for field in FIELDS:
        response = fuzzer.post(reverse(name), f"{field}={text}".encode())

        assert response.status_code in (400, 413)


def test_a_large_upload_is_refused(fuzzer: Fuzzer, target: str) -> None:
    body = PART.encode() + b"\r\n" + b"\0" * LARGE + b"\r\n--zqz--\r\n"

    for name in ADDRESSES:
        response = fuzzer.post(
            reverse(name), body, content_type="multipart/form-data; boundary=zqz"
        )

        assert response.status_code == 400, name


def test_a_large_answer_is_no_answer(
    fuzzer: Fuzzer, target: str, keycloak: SandboxControl
) -> None:
    body = '{"id": "' + "z" * (LARGE - 1000) + '"}'
    keycloak.fail("GET", f"/clients/{target}$", "status", status=200, body=body)

    response = fuzzer.get(reverse("apiclients:settings", args=[target]), upstream=True)

    assert response.status_code == 503
    assert len(response.content) < 100_000
