"""Which pods may go first: Kubernetes is told when a worker turns busy or idle, and only then."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from longshore.settings import Settings
from longshore_ledger import Ledger
from longshore_ledger.records import Finish, NewTask, Outcome, StartAsk, payload_digest
from longshore_scheduler.deletion_cost import ANNOTATION, DeletionCost
from longshore_scheduler.kubernetes import KubernetesUnavailable, Pods
from longshore_scheduler.runner import Runner
from tests.integration.scheduler.api_server import ApiServer
from tests.services.waiting import Eventually


@pytest.fixture
def kubernetes(tmp_path: Path) -> Iterator[ApiServer]:
    with ApiServer(tmp_path / "account") as server:
        yield server


@pytest.fixture
def loop(ledger: Ledger, kubernetes: ApiServer) -> Iterator[DeletionCost]:
    opened = DeletionCost(ledger, kubernetes.client())
    yield opened
    opened.close()


def _beat(ledger: Ledger, worker: str, host: str, held: int = 0) -> None:
    ledger.runs.beat(worker, {"host": host, "queues": ["math"], "held": {"math": held}})


def _start(ledger: Ledger, worker: str) -> StartAsk:
    """A task that runs in a worker's hands."""
    ledger.intake.submit([NewTask("task", "add", "math", b"[]", payload_digest(b"[]"))])
    (copy,) = ledger.outbox.claim("math", 1, 10)
    ask = StartAsk(copy.id, copy.run, f"{worker}.1")
    ledger.runs.start(worker, [ask])
    return ask


def test_a_pod_is_told_of_when_its_worker_turns_busy_or_idle(
    ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost
) -> None:
    # Given two idle workers in pods
    kubernetes.pods = {"pod-a": {}, "pod-b": {}}
    _beat(ledger, "worker01", "pod-a")
    _beat(ledger, "worker02", "pod-b")
    loop.step()
    assert sorted(kubernetes.patches) == [("pod-a", "0"), ("pod-b", "0")]
    kubernetes.patches.clear()

    # When one begins a task / Then its pod is to stay, and that is said once
    ask = _start(ledger, "worker02")
    for _ in range(3):
        loop.step()
    assert kubernetes.patches == [("pod-b", "1000")]
    assert kubernetes.pods["pod-b"] == {ANNOTATION: "1000"}

    # When it has ended it / Then its pod may go again
    ledger.runs.finish([Finish(ask.id, ask.token, Outcome.SUCCESS, b"1", 1)])
    for _ in range(3):
        loop.step()
    assert kubernetes.patches == [("pod-b", "1000"), ("pod-b", "0")]
    assert kubernetes.types == {"application/merge-patch+json"}


def test_copies_in_its_hands_make_a_worker_busy(
    ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost
) -> None:
    kubernetes.pods = {"pod-a": {}}
    _beat(ledger, "worker01", "pod-a", held=2)

    loop.step()

    assert kubernetes.patches == [("pod-a", "1000")]


def test_a_pod_is_as_busy_as_the_busiest_of_its_workers(
    ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost
) -> None:
    # Given
    kubernetes.pods = {"pod-a": {}}
    for number in range(3):
        _beat(ledger, f"worker0{number}", "pod-a", held=number % 2)

    # When
    loop.step()

    # Then
    assert kubernetes.patches == [("pod-a", "1000")]


@pytest.mark.parametrize("host", ["box.example", "laptop"])
def test_a_worker_elsewhere_is_asked_for_once(
    ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost, host: str
) -> None:
    # Given
    _beat(ledger, "worker01", host)

    # When
    for held in (0, 1, 0):
        _beat(ledger, "worker01", host, held)
        loop.step()

    # Then
    assert kubernetes.asked == [host]


@pytest.mark.parametrize("host", ["..", "../../../api", "pod-a/status", "Pod", "pod-a?x", "a b", "-a", ""])
def test_a_name_that_no_pod_can_have_is_not_asked_for(
    ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost, host: str
) -> None:
    _beat(ledger, "worker01", host)

    loop.step()

    assert kubernetes.types == set()


def test_a_new_token_is_used_at_once(ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost) -> None:
    # Given
    kubernetes.pods = {"pod-a": {}}
    _beat(ledger, "worker01", "pod-a")
    loop.step()

    # When
    kubernetes.new_token("second")
    _beat(ledger, "worker01", "pod-a", held=1)
    loop.step()

    # Then
    assert kubernetes.patches == [("pod-a", "0"), ("pod-a", "1000")]


def test_a_refusal_is_told_with_its_words(ledger: Ledger, kubernetes: ApiServer, loop: DeletionCost) -> None:
    # Given
    kubernetes.refuses = True
    _beat(ledger, "worker01", "pod-a")

    # When
    with pytest.raises(KubernetesUnavailable) as caught:
        loop.step()

    # Then
    assert caught.value.fields["reason"] == "403 pods is forbidden"


def test_outside_of_kubernetes_it_says_what_is_missing(ledger: Ledger, tmp_path: Path) -> None:
    # Given
    _beat(ledger, "worker01", "pod-a")
    loop = DeletionCost(ledger, Pods(account=tmp_path))

    # When
    with pytest.raises(KubernetesUnavailable) as caught:
        loop.step()

    # Then
    assert "No such file" in caught.value.fields["reason"]


def test_what_could_not_be_said_is_said_when_kubernetes_is_back_and_the_log_has_two_lines(
    ledger_url: str, kubernetes: ApiServer, eventually: Eventually
) -> None:
    # Given a worker that keeps its tasks in hand, and an API server that refuses for a while
    ledger = Ledger.open(ledger_url, Settings(heartbeat_timeout_seconds=600))
    _beat(ledger, "worker01", "pod-a", held=1)
    kubernetes.pods = {"pod-a": {}}
    kubernetes.refuses = True
    runner = Runner([DeletionCost(ledger, kubernetes.client())])
    with capture_logs() as lines:
        runner.start()
        eventually(lambda: lines)

        # When
        kubernetes.refuses = False

        # Then
        eventually(lambda: len(lines) > 1)
        runner.stop()
    assert kubernetes.patches == [("pod-a", "1000")]
    assert [(line["event"], line["what"]) for line in lines] == [
        ("away", "kubernetes"),
        ("back", "kubernetes"),
    ]
    ledger.close()
