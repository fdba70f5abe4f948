"""A collector over HTTPS: a batch is one POST, and only a 2xx takes it."""

import pytest

from gateways.collector import Collector, CollectorToken
from gateways.errors import GatewayError
from tests.unit.gateways.raw_server import RawServer, answer

NDJSON = "application/x-ndjson"


def test_a_batch_is_sent_as_it_is() -> None:
    with RawServer(answer(200, b'{"text":"Success"}')) as server:
        address = f"{server.url}/services/raw?channel=a"
        Collector("Collector", address, content_type=NDJSON).send(b'{"id":1}\n')

    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /services/raw?channel=a HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/x-ndjson\r\n" in head + b"\r\n"
    assert b"Authorization" not in head
    assert body == b'{"id":1}\n'


def test_a_token_is_sent_and_never_shown() -> None:
    with RawServer(answer(204, b"")) as server:
        Collector(
            "Collector", server.url, token="only-for-tests", content_type=NDJSON
        ).send(b"{}\n")

    assert b"\r\nAuthorization: Bearer only-for-tests\r\n" in server.requests[0]
    assert "only-for-tests" not in repr(CollectorToken("only-for-tests"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 503])
def test_anything_else_is_an_error(status: int) -> None:
    with RawServer(answer(status, b"no")) as server, pytest.raises(GatewayError):
        Collector("Collector", server.url, content_type=NDJSON).send(b"{}\n")
