"""From `helm install` to the first result, as an operator sees it."""

from tests.cluster.harness import Harness
from tests.cluster.kubectl import get
from tests.cluster.release import Release
from tests.services.waiting import eventually


def test_helm_test_runs_a_task_and_the_doctor(release: Release) -> None:
    # When
    told = release.test()

    # Then
    assert "Succeeded" in told


def test_a_file_goes_in_and_its_output_comes_back(harness: Harness) -> None:
    # Given a file of 1,000 lines, of which two are bad
    lines = [f"{n} {n}" for n in range(998)]
    lines[10:10] = ["one two", "1 2 3"]

    # When it is uploaded through the service
    answer = harness.http.post(
        "/v1/batches", data={"task": "add"}, files={"file": ("numbers.txt", "\n".join(lines) + "\n")}
    )
    assert answer.is_success, answer.text
    batch = f"/v1/batches/{answer.json()['id']}"
    eventually(lambda: harness.http.get(batch).json()["state"] == "DONE", within=60, every=0.2)
    output = harness.http.get(f"{batch}/output").text.splitlines()

    # Then every line has its line, in order, and the bad ones say what is wrong with them
    assert len(output) == 1000
    assert [output[0], output[9], output[12], output[999]] == ["0", "18", "20", "1994"]
    assert output[10].startswith("error: line 11: ")
    assert output[11].startswith("error: line 12: ")


def test_nobody_without_a_key_is_let_in(harness: Harness) -> None:
    # When
    answer = harness.http.get("/v1/tasks", headers={"X-API-Key": "wrong"})

    # Then
    assert answer.status_code == 401


def test_every_pod_is_restricted_and_none_has_a_token_it_does_not_need(release: Release) -> None:
    # Given
    pods = get("pods", "-n", release.namespace, "-l", f"app.kubernetes.io/instance={release.name}")["items"]

    # When
    with_token = {
        pod["metadata"]["labels"]["app.kubernetes.io/component"]
        for pod in pods
        for volume in pod["spec"].get("volumes", [])
        if any("serviceAccountToken" in source for source in volume.get("projected", {}).get("sources", []))
    }
    writable = [
        pod["metadata"]["name"]
        for pod in pods
        for container in pod["spec"]["containers"]
        if not container["securityContext"].get("readOnlyRootFilesystem")
    ]

    # Then: the namespace takes no others, and the scheduler keeps the cost of deletion
    assert with_token == {"scheduler"}
    assert writable == []
