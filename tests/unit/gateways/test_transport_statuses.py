"""Which error a status becomes, for reads and for writes."""

import json
import re

import pytest
import responses

from gateways import errors
from gateways.transport import Transport
from tests.unit.gateways.calls import CALLS, READS, SERVICE, SILENT, WRITES

BASE = "http://keycloak.example/auth"
ANYTHING = re.compile(f"{BASE}/.*")

# The same for reads and writes: the service says that it did nothing.
REFUSED = {
    400: errors.InvalidError,
    401: errors.CredentialsRefusedError,
    403: errors.AccessDeniedError,
    404: errors.NotFoundError,
    405: errors.InvalidError,
    409: errors.ConflictError,
    413: errors.InvalidError,
    415: errors.InvalidError,
    422: errors.InvalidError,
    429: errors.UnavailableError,
    301: errors.UnavailableError,
    302: errors.UnavailableError,
    303: errors.UnavailableError,
    304: errors.UnavailableError,
    307: errors.UnavailableError,
    308: errors.UnavailableError,
}
UNCLEAR = (402, 406, 408, 410, 418, 423, 428, 451, 499, 500, 501, 502, 503, 504, 599)


@pytest.fixture
def http() -> Transport:
    return Transport(SERVICE, BASE)


def answer_all(status: int, body: str = "") -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        responses.add(method, ANYTHING, status=status, body=body)


@responses.activate
@pytest.mark.parametrize("status", REFUSED)
@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_is_the_same_for_reads_and_writes(
    http: Transport, name: str, status: int
) -> None:
    answer_all(status)

    with pytest.raises(errors.GatewayError) as caught:
        CALLS[name](http)

    assert type(caught.value) is REFUSED[status]
    assert isinstance(caught.value, errors.RefusedError)
    assert caught.value.status == status
    assert caught.value.service == SERVICE
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("status", UNCLEAR)
@pytest.mark.parametrize("name", READS)
def test_a_read_with_another_status_is_unavailable(
    http: Transport, name: str, status: int
) -> None:
    answer_all(status)

    with pytest.raises(errors.GatewayError) as caught:
        READS[name](http)

    assert type(caught.value) is errors.UnavailableError
    assert caught.value.status == status


@responses.activate
@pytest.mark.parametrize("status", UNCLEAR)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_with_another_status_is_unknown_and_sent_once(
    http: Transport, name: str, status: int
) -> None:
    answer_all(status)

    with pytest.raises(errors.GatewayError) as caught:
        WRITES[name](http)

    assert type(caught.value) is errors.OutcomeUnknownError
    assert not isinstance(caught.value, errors.RefusedError)
    assert caught.value.status == status
    assert len(responses.calls) == 1


@pytest.mark.parametrize("name", CALLS)
def test_no_status_from_300_counts_as_done(http: Transport, name: str) -> None:
    for status in range(300, 600):
        with responses.RequestsMock() as mock:
            for method in ("GET", "POST", "PUT", "DELETE"):
                mock.add(method, ANYTHING, status=status, json={"a": 1})
            mock.assert_all_requests_are_fired = False

            with pytest.raises(errors.GatewayError):
                CALLS[name](http)


@responses.activate
@pytest.mark.parametrize("status", [200, 201, 202])
def test_success_is_parsed(http: Transport, status: int) -> None:
    answer_all(status, body='{"a": 1}')

    assert http.get("thing", parse=dict) == {"a": 1}
    assert http.post("thing", parse=lambda data: data["a"]) == 1


@responses.activate
@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_answer_means_that_it_is_done(http: Transport, status: int) -> None:
    answer_all(status)

    http.put("thing", json={})
    http.delete("thing")
    http.post_for_nothing("thing", json=[])

    methods = [call.request.method for call in responses.calls]
    assert methods == ["PUT", "DELETE", "POST"]


@responses.activate
@pytest.mark.parametrize(("body", "expected"), [("", None), ('{"a": 1}', {"a": 1})])
def test_a_change_may_be_answered_or_not(
    http: Transport, body: str, expected: object
) -> None:
    responses.put(f"{BASE}/thing", body=body)

    assert http.put_for_answer("thing", json={}, parse=dict) == expected


@responses.activate
@pytest.mark.parametrize("body", [None, [], [{"id": "1"}]], ids=str)
def test_a_deletion_may_say_of_what(http: Transport, body: object) -> None:
    responses.delete(f"{BASE}/thing", status=204)

    http.delete("thing", json=body)

    sent = responses.calls[0].request.body
    assert (sent and json.loads(sent)) == body


@responses.activate
@pytest.mark.parametrize(
    "location", ["http://other.example/clients/abc-1", "/clients/abc-1/", "abc-1"]
)
def test_what_was_made_is_named_by_the_end_of_its_address(
    http: Transport, location: str
) -> None:
    responses.post(f"{BASE}/clients", status=201, headers={"Location": location})

    assert http.post_for_location("clients", json={}) == "abc-1"


EXPLAINED = {
    '{"errorMessage": "Client t1 already exists"}': "Client t1 already exists",
    '{"error": "invalid_input", "error_description": "Too long"}': "Too long",
    '{"error": "HTTP 400 Bad Request"}': "HTTP 400 Bad Request",
    '{"error": "e", "error_description": "d", "errorMessage": "m"}': "m",
    '{"errorMessage": 5, "error": "e"}': "e",
    '{"errorMessage": "%s"}' % ("x" * 500): "x" * 200,
    '["errorMessage"]': "",
    '"errorMessage"': "",
    # Imply Manager's shape.
    '{"error": {"code": 9, "message": "No"}}': "No",
    '{"error": {"message": "No", "details": [{"message": "why"}, 5, {}]}}': "No. why",
    '{"error": {"details": {"message": "why"}}}': "",
    '{"error": {"message": 5}}': "",
    '{"error": [5]}': "",
    "[" * 100_000: "",
    "<html>": "",
    "": "",
}


@responses.activate
@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("body", EXPLAINED, ids=lambda body: body[:40])
def test_what_is_wrong_with_the_values_is_explained(
    http: Transport, body: str, status: int
) -> None:
    answer_all(status, body)

    with pytest.raises(errors.RefusedError) as caught:
        http.put("thing", json={})

    assert caught.value.detail == EXPLAINED[body]
    assert str(caught.value) == f"{SERVICE}: HTTP {status}"


@responses.activate
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_other_errors_are_not_explained(http: Transport, status: int) -> None:
    answer_all(status, '{"errorMessage": "internal"}')

    with pytest.raises(errors.GatewayError) as caught:
        http.put("thing", json={})

    assert caught.value.detail == ""


UNREADABLE = ["", "<html>", "{", "null", "[]", "5", '{"value": null}', "[" * 100_000]


@responses.activate
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body[:20])
def test_a_read_that_makes_no_sense_is_unreadable(http: Transport, body: str) -> None:
    answer_all(200, body)

    with pytest.raises(errors.GatewayError) as from_get:
        http.get("thing", parse=_upper_case_value)
    with pytest.raises(errors.GatewayError) as from_form:
        http.post_form("thing", form={}, parse=_upper_case_value)

    assert type(from_get.value) is errors.UnreadableAnswerError
    assert type(from_form.value) is errors.UnreadableAnswerError
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body[:20])
def test_a_write_whose_answer_makes_no_sense_is_unknown(
    http: Transport, body: str
) -> None:
    answer_all(200, body)

    with pytest.raises(errors.GatewayError) as caught:
        http.post("thing", parse=_upper_case_value)

    assert type(caught.value) is errors.OutcomeUnknownError
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "name", [*sorted(SILENT), "post_for_location", "put_for_answer"]
)
def test_a_page_instead_of_an_answer_is_no_proof_of_a_change(
    http: Transport, name: str
) -> None:
    answer_all(200, "<html>Please sign in to the network</html>")

    with pytest.raises(errors.GatewayError) as caught:
        WRITES[name](http)

    assert type(caught.value) is errors.OutcomeUnknownError


def test_numbers_without_end_are_unreadable(http: Transport) -> None:
    with responses.RequestsMock() as mock:
        mock.get(f"{BASE}/thing", body='{"number": Infinity}')

        with pytest.raises(errors.UnreadableAnswerError):
            http.get("thing", parse=lambda data: int(data["number"]))


def _upper_case_value(data: dict[str, str]) -> str:
    return data["value"].upper()
