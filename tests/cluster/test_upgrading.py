"""The chart is upgraded and rolled back while tasks come in, and helm leaves alone what it was told to."""

import shutil

from tests.cluster import manifests
from tests.cluster.harness import Harness
from tests.cluster.kubectl import apply, get
from tests.cluster.release import Release
from tests.cluster.values import NEWER, pool, pools, values
from tests.faults.report import Report
from tests.faults.runs import running
from tests.services.waiting import eventually

CHANGING = """
from longshore import task

@task(queue="changing")
def changing() -> str:
    return "{word}"
"""


def test_an_upgrade_and_a_rollback_under_load_lose_nothing(
    harness: Harness, release: Release, report: Report
) -> None:
    # Given a release in the middle of 1,500 tasks
    with running(harness, tasks=1500, rate=30, prefix="upgrade", alone=False) as run:
        run.until_ended(50)

        # When it is upgraded to other images and other settings, and rolled back, while tasks of 8 s run
        run.submit_long(4, ms=8_000)
        eventually(lambda: len(run.running()) >= 3, within=30, every=0.1)
        release.upgrade(values(image={"tag": NEWER}, settings={"max_crashes": 4}))
        images = _images(release)
        run.until_more_ended(100)
        run.submit_long(4, ms=8_000, first=200_000)
        eventually(lambda: len(run.running()) >= 3, within=30, every=0.1)
        release.rollback()
        run.healed()
        verdict = report.judge("chart upgraded (new images, settings) and rolled back", run.history(120))

    # Then every part was of the new release, nothing is lost and nothing was run twice
    assert images == {NEWER}
    assert verdict.holds, verdict
    assert verdict.duplicated == 0, verdict


def test_a_worker_that_does_not_know_a_task_leaves_it_to_one_that_does(
    harness: Harness, release: Release, report: Report
) -> None:
    # Given, on one queue, workers of a release that knows its tasks and of one that does not
    older = {**pool("marks"), "tasks": {}}
    release.upgrade(values(workers=pools(older=older)))
    release.until_ready("worker", 1, "older")

    # When tasks come in
    with running(harness, tasks=300, rate=40, prefix="older", alone=False) as run:
        run.until_ended(100)
        run.healed()
        verdict = report.judge("older workers beside newer ones", run.history(120))

    # Then all are done, once
    assert verdict.holds, verdict
    assert verdict.duplicated == 0, verdict


def test_an_upgrade_leaves_a_number_of_pods_alone_that_it_was_not_given(release: Release) -> None:
    # Given a pool without a number, scaled by hand
    free = pools(marks=pool("marks", replicas=None))
    release.upgrade(values(workers=free))
    release.scale("marks", 3)
    release.until_ready("worker", 3, "marks")

    # When something else is upgraded, by Helm 4 and by Helm 3
    helms = [helm for helm in ("helm", "helm3") if shutil.which(helm)]
    for cap, helm in enumerate(helms, 6):
        release.upgrade(values(workers=free, settings={"max_crashes": cap}), helm=helm)

        # Then
        release.until_ready("worker", 3, "marks")


def test_changed_tasks_of_a_configmap_run_after_the_same_upgrade_again(
    harness: Harness, release: Release
) -> None:
    # Given a pool whose task is in a ConfigMap
    tasks = {"configMap": "changing-tasks", "files": ["work.py"]}
    settings = values(workers=pools(changing=pool("changing", tasks=tasks)))
    apply(release.namespace, manifests.tasks_of("changing-tasks", CHANGING.format(word="first")))
    release.upgrade(settings)
    assert _result(harness, "changing-1") == "first"

    # When the ConfigMap changes, and the same upgrade is done once more
    apply(release.namespace, manifests.tasks_of("changing-tasks", CHANGING.format(word="second")))
    release.upgrade(settings)

    # Then the task is the new one
    assert _result(harness, "changing-2") == "second"


def _result(harness: Harness, id: str) -> object:
    """What the task `changing` returns."""
    harness.submit(id, "changing", []).raise_for_status()

    def ended() -> dict[str, object]:
        task: dict[str, object] = harness.http.get(f"/v1/tasks/{id}").raise_for_status().json()
        assert task["state"] == "SUCCESS", task
        return task

    return eventually(ended, within=60, every=0.5)["result"]


def _images(release: Release) -> set[str]:
    """Tags of our own images in the release's workloads."""
    labels = f"app.kubernetes.io/instance={release.name}"
    items = get("deployments", "-n", release.namespace, "-l", labels)["items"]
    return {
        container["image"].rpartition(":")[2]
        for item in items
        for container in item["spec"]["template"]["spec"]["containers"]
    }
