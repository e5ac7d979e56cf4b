"""Pools of workers: what each has of the defaults, and who says how many pods there are."""

from typing import Any

import pytest

from tests.chart.rendering import Release, render

pytestmark = pytest.mark.chart


def _pool(**values: Any) -> Release:
    return render({"workers": {"gpu": values}})


def test_a_pool_has_what_it_does_not_say_from_the_defaults() -> None:
    # When
    release = render(
        {
            "workerDefaults": {"concurrency": 7},
            "workers": {"gpu": {"queues": ["a", "b"]}, "cpu": {"concurrency": 1}},
        }
    )

    # Then
    args = "spec.template.spec.containers[0].args"
    assert release.find(f"[?kind=='Deployment' && metadata.name=='longshore-worker-gpu'] | [0].{args}") == [
        "--concurrency=7",
        "--pool=prefork",
        "--queues=a,b",
        "--events",
    ]
    assert (
        "--concurrency=1"
        in release.one("Deployment", "worker-cpu")["spec"]["template"]["spec"]["containers"][0]["args"]
    )


def test_a_pool_replaces_its_processes_after_some_tasks_or_memory() -> None:
    # When
    release = _pool(maxTasksPerChild=1_000_000, maxMemoryPerChild=512)

    # Then
    args = release.one("Deployment", "worker-gpu")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert {"--max-tasks-per-child=1000000", "--max-memory-per-child=512"} <= set(args)


def test_a_pool_may_say_no_and_nothing_where_the_defaults_say_yes() -> None:
    # When
    release = render(
        {
            "workerDefaults": {"queues": ["a"], "settings": {"max_crashes": 9}},
            "workers": {
                "gpu": {"events": False, "queues": [], "drainSeconds": 0, "settings": {"max_crashes": 1}}
            },
        }
    )

    # Then
    pod = release.one("Deployment", "worker-gpu")["spec"]["template"]["spec"]
    assert pod["containers"][0]["args"] == ["--concurrency=2", "--pool=prefork"]
    assert pod["terminationGracePeriodSeconds"] == 10
    assert release.env("Deployment", "worker-gpu")["LONGSHORE_MAX_CRASHES"] == "1"


def test_the_grace_period_fits_the_drain() -> None:
    # When
    release = _pool(drainSeconds=300)

    # Then
    assert (
        release.one("Deployment", "worker-gpu")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        == 310
    )
    assert release.env("Deployment", "worker-gpu")["LONGSHORE_DRAIN_SECONDS"] == "300"


@pytest.mark.parametrize(
    ("values", "replicas"),
    [
        ({}, 1),
        ({"replicas": 4}, 4),
        ({"replicas": 0}, 0),
        ({"replicas": None}, None),
        ({"autoscaling": {"kind": "hpa"}}, None),
        ({"autoscaling": {"kind": "keda", "min": 0}}, None),
    ],
)
@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_nobody_says_how_many_beside_an_autoscaler_or_null(
    helm: str, values: dict[str, Any], replicas: int | None
) -> None:
    # When
    release = render({"workers": {"gpu": values, "default": values}}, helm=helm)

    # Then
    assert release.one("Deployment", "worker-gpu")["spec"].get("replicas") == replicas
    assert release.one("Deployment", "worker-default")["spec"].get("replicas") == replicas


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_null_by_default_leaves_all_pools_alone(helm: str) -> None:
    # When
    release = render({"workerDefaults": {"replicas": None}}, helm=helm)

    # Then
    assert "replicas" not in release.one("Deployment", "worker-default")["spec"]


def test_hpa_keeps_to_the_use_of_the_processor() -> None:
    # When
    release = _pool(autoscaling={"kind": "hpa", "min": 2, "max": 8, "cpu": 60, "cooldownSeconds": 30})

    # Then
    spec = release.one("HorizontalPodAutoscaler", "worker-gpu")["spec"]
    assert spec["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "longshore-worker-gpu",
    }
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 8)
    assert spec["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 30


def test_keda_asks_the_scheduler_for_the_backlog_of_the_pools_queues() -> None:
    # When
    release = _pool(queues=["a", "b&c"], autoscaling={"kind": "keda", "min": 0, "max": 4, "tasksPerPod": 50})

    # Then
    spec = release.one("ScaledObject", "worker-gpu")["spec"]
    assert spec["scaleTargetRef"] == {"name": "longshore-worker-gpu"}
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (0, 4)
    assert spec["triggers"] == [
        {
            "type": "metrics-api",
            "metadata": {
                "url": "http://longshore-scheduler.shore:9090/demand?queue=a&queue=b%26c",
                "valueLocation": "demand",
                "targetValue": "50",
            },
        }
    ]


def test_keda_asks_for_all_queues_if_the_pool_names_none() -> None:
    # When
    release = _pool(autoscaling={"kind": "keda"})

    # Then
    trigger = release.one("ScaledObject", "worker-gpu")["spec"]["triggers"][0]
    assert trigger["metadata"]["url"] == "http://longshore-scheduler.shore:9090/demand"


def test_each_pools_catalogue_is_published_after_install_and_upgrade(everything: Release) -> None:
    # Then
    jobs = {one["metadata"]["name"]: one for one in everything.objects if one["kind"] == "Job"}
    pools = {
        one.removeprefix("longshore-worker-") for one in everything.names("Deployment") if "-worker-" in one
    }
    assert set(jobs) == {f"longshore-catalogue-{pool}" for pool in pools}
    for job in jobs.values():
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "post-install,post-upgrade,post-rollback"
        assert "before-hook-creation" in job["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
        assert "--publish-catalogue" in job["spec"]["template"]["spec"]["containers"][0]["command"][-1]


def test_a_catalogue_is_published_by_the_pools_own_image_tasks_and_settings(everything: Release) -> None:
    # Given
    worker = everything.one("Deployment", "worker-with-files")["spec"]["template"]["spec"]
    publisher = everything.one("Job", "catalogue-with-files")["spec"]["template"]["spec"]

    # Then
    for key in ("image", "env", "volumeMounts"):
        assert worker["containers"][0][key] == publisher["containers"][0][key]
    assert worker["volumes"] == publisher["volumes"]


def test_tasks_come_from_a_config_map() -> None:
    # When
    release = _pool(tasks={"configMap": "mine", "files": ["a.py", "b.py"], "modules": ["more"]})

    # Then
    pod = release.one("Deployment", "worker-gpu")["spec"]["template"]["spec"]
    assert release.env("Deployment", "worker-gpu")["LONGSHORE_TASKS"] == "more,/tasks/a.py,/tasks/b.py"
    assert {"name": "tasks", "configMap": {"name": "mine"}} in pod["volumes"]
    assert {"name": "tasks", "mountPath": "/tasks", "readOnly": True} in pod["containers"][0]["volumeMounts"]


def test_large_numbers_are_settings_as_they_are_written() -> None:
    # When
    release = render(
        {"settings": {"retention_count": 10_000_000, "heartbeat_timeout_seconds": 2.5, "log_format": "json"}}
    )

    # Then
    env = release.env("Deployment", "worker-default")
    assert env["LONGSHORE_RETENTION_COUNT"] == "10000000"
    assert env["LONGSHORE_HEARTBEAT_TIMEOUT_SECONDS"] == "2.5"
    assert env["LONGSHORE_LOG_FORMAT"] == "json"


def test_a_parts_own_settings_win() -> None:
    # When
    release = render({"settings": {"max_crashes": 3}, "api": {"settings": {"max_crashes": 4}}})

    # Then
    assert release.env("Deployment", "api")["LONGSHORE_MAX_CRASHES"] == "4"
    assert release.env("Deployment", "scheduler")["LONGSHORE_MAX_CRASHES"] == "3"
