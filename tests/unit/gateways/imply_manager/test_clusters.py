"""What the cluster gateway sends, and what it makes of the answers."""

from copy import deepcopy
from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher

from gateways import errors
from gateways.imply_manager.clusters import ClusterGateway
from gateways.imply_manager.models import Cluster
from gateways.transport import Transport

CLUSTERS = "https://northwind.example/api/v1/clusters"
PROD: dict[str, Any] = {
    "metadata": {"name": "analytics-prod", "uid": "c1", "labels": {"team": "data"}},
    "spec": {
        "version": "2026.10.1",
        "metadataStore": {"password": "s3cret"},
        "featureFlags": ["async-downloads"],
    },
    "status": {"resourceVersion": 47, "state": "RUNNING"},
}
CLUSTER = Cluster.from_json(PROD)
SENT = {
    "metadata": PROD["metadata"],
    "spec": {**PROD["spec"], "featureFlags": ["async-downloads", "oauth2"]},
}
FLAGS = ("async-downloads", "oauth2")


@pytest.fixture
def gateway(http: Transport) -> ClusterGateway:
    return ClusterGateway(http)


@pytest.mark.parametrize("answer", [[PROD], {"values": [PROD]}, {"items": [PROD]}])
def test_the_list_has_one_of_three_shapes(
    gateway: ClusterGateway, answers: responses.RequestsMock, answer: Any
) -> None:
    answers.get(CLUSTERS, json=answer)

    assert gateway.list_clusters() == [CLUSTER]


@pytest.mark.parametrize(
    "answer", [{}, {"values": None}, "x", None, 1, [1], [{}], [{"metadata": {}}]]
)
def test_a_list_that_makes_no_sense_is_unreadable(
    gateway: ClusterGateway, answers: responses.RequestsMock, answer: Any
) -> None:
    answers.get(CLUSTERS, json=answer)

    with pytest.raises(errors.UnreadableAnswerError):
        gateway.list_clusters()


def test_a_cluster_is_got_by_its_id(
    gateway: ClusterGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{CLUSTERS}/c1", json=PROD)

    assert gateway.get_cluster("c1") == CLUSTER


@pytest.mark.parametrize("cluster_id", ["..", ".", ""])
def test_no_id_climbs_out_of_its_path(
    gateway: ClusterGateway, answers: responses.RequestsMock, cluster_id: str
) -> None:
    with pytest.raises(errors.NotFoundError):
        gateway.get_cluster(cluster_id)


def test_the_former_version_is_the_one_before(
    gateway: ClusterGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{CLUSTERS}/c1/history/46", json=PROD)

    assert gateway.get_former(CLUSTER).name == "analytics-prod"


def test_flags_are_sent_with_the_whole_cluster_and_without_its_status(
    gateway: ClusterGateway, answers: responses.RequestsMock
) -> None:
    before = deepcopy(dict(CLUSTER.representation))
    after = {**PROD, "status": {"resourceVersion": 48}}
    answers.put(f"{CLUSTERS}/c1", json=after, match=[json_params_matcher(SENT)])

    assert gateway.update_flags(CLUSTER, FLAGS) == 48
    assert CLUSTER.representation == before


def test_flags_are_sent_to_the_place_that_the_settings_name(
    http: Transport, answers: responses.RequestsMock
) -> None:
    path = "spec.advanced.flags"
    data = {**PROD, "spec": {"advanced": {"flags": [], "other": 1}}}
    sent = {"advanced": {"flags": ["oauth2"], "other": 1}}
    body = {"metadata": PROD["metadata"], "spec": sent}
    answers.put(f"{CLUSTERS}/c1", match=[json_params_matcher(body)])

    cluster = Cluster.from_json(data, path)
    ClusterGateway(http, flags_path=path).update_flags(cluster, ("oauth2",))


@pytest.mark.parametrize("path", ["spec.other", "status.flags", "spec.version.flags"])
def test_flags_without_a_place_are_not_sent(
    http: Transport, answers: responses.RequestsMock, path: str
) -> None:
    with pytest.raises(errors.InvalidError):
        ClusterGateway(http, flags_path=path).update_flags(CLUSTER, FLAGS)

    assert len(answers.calls) == 0


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status": {}}', b'{"status": null}'])
def test_an_answer_without_a_version_means_that_it_was_taken(
    gateway: ClusterGateway, answers: responses.RequestsMock, body: bytes
) -> None:
    answers.put(f"{CLUSTERS}/c1", body=body, status=202)

    assert gateway.update_flags(CLUSTER, FLAGS) is None


@pytest.mark.parametrize("body", [b"<html>sign in", b"[1]", b'"x"', b"\xff"])
def test_an_answer_that_is_none_of_the_managers_leaves_it_unknown(
    gateway: ClusterGateway, answers: responses.RequestsMock, body: bytes
) -> None:
    answers.put(f"{CLUSTERS}/c1", body=body)

    with pytest.raises(errors.OutcomeUnknownError):
        gateway.update_flags(CLUSTER, FLAGS)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_manager_leaves_it_unknown_and_is_not_repeated(
    gateway: ClusterGateway, answers: responses.RequestsMock, status: int
) -> None:
    answers.put(f"{CLUSTERS}/c1", status=status)

    with pytest.raises(errors.OutcomeUnknownError):
        gateway.update_flags(CLUSTER, FLAGS)

    assert len(answers.calls) == 1


def refusal(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **more}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, errors.CredentialsRefusedError), (403, errors.AccessDeniedError)],
)
def test_the_same_code_means_two_things_by_its_status(
    gateway: ClusterGateway,
    answers: responses.RequestsMock,
    status: int,
    kind: type[Exception],
) -> None:
    answers.get(CLUSTERS, json=refusal("Unauthorized", "No"), status=status)

    with pytest.raises(kind):
        gateway.list_clusters()


def test_a_refused_argument_is_explained_with_its_details(
    gateway: ClusterGateway, answers: responses.RequestsMock
) -> None:
    details = [{"code": "NullValue", "message": "Name must not be null"}, 7, {}]
    body = refusal("BadArgument", "Invalid arguments", details=details)
    answers.put(f"{CLUSTERS}/c1", json=body, status=400)

    with pytest.raises(errors.InvalidError) as raised:
        gateway.update_flags(CLUSTER, FLAGS)

    assert raised.value.detail == "Invalid arguments. Name must not be null"


@pytest.mark.parametrize("error", [None, 1, [], {}, {"message": 7}, {"details": 1}])
def test_a_refusal_without_an_explanation_has_none(
    gateway: ClusterGateway, answers: responses.RequestsMock, error: Any
) -> None:
    answers.put(f"{CLUSTERS}/c1", json={"error": error}, status=409)

    with pytest.raises(errors.ConflictError) as raised:
        gateway.update_flags(CLUSTER, FLAGS)

    assert raised.value.detail == ""


def test_a_long_explanation_is_cut(
    gateway: ClusterGateway, answers: responses.RequestsMock
) -> None:
    answers.put(f"{CLUSTERS}/c1", json=refusal("Conflict", "x" * 999), status=409)

    with pytest.raises(errors.ConflictError) as raised:
        gateway.update_flags(CLUSTER, FLAGS)

    assert raised.value.detail == "x" * 200
