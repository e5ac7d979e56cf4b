"""What `longshore up` would run."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from longshore.settings import Settings
from longshore_cli.up.embedded import Embedded
from longshore_cli.up.plan import NoSuchTasks, Plan, task_sources
from longshore_cli.up.run import NoHome, run


def _plan(**given: object) -> Plan:
    return Plan(Settings(ledger="redis://l/0", broker="redis://l/1", tasks=["a", "b"]), **given)  # type: ignore[arg-type]


def test_parts_start_and_stop_in_the_order_of_the_way_of_a_task() -> None:
    assert [recipe.name for recipe in _plan(flower_port=5555).recipes()] == [
        "api",
        "scheduler",
        "worker",
        "flower",
    ]


def test_without_flower_nothing_pays_for_events() -> None:
    (worker,) = [recipe for recipe in _plan().recipes() if recipe.name == "worker"]

    assert "--events" not in worker.command


def test_no_command_line_shows_a_secret_and_flower_asks_for_a_password() -> None:
    # Given
    settings = Settings(ledger="redis://:ledger-secret@l/0", broker="amqp://u:broker-secret@b//")
    plan = Plan(settings, flower_port=5555)

    # Then
    flower = plan.recipes()[-1]
    for recipe in plan.recipes():
        assert not any(secret in " ".join(recipe.command) for secret in ("-secret", plan.flower_password))
    assert flower.environment["CELERY_BROKER_URL"] == settings.broker
    assert flower.environment["FLOWER_BASIC_AUTH"] == f"longshore:{plan.flower_password}"
    assert len(plan.flower_password) >= 20
    assert plan.flower_password not in repr(plan)


def test_no_part_imports_from_the_working_directory_first() -> None:
    for recipe in _plan(flower_port=5555).recipes():
        assert recipe.command[1:3] == ["-P", "-m"]


def test_every_part_is_told_of_ledger_broker_and_tasks() -> None:
    for recipe in _plan().recipes():
        assert recipe.environment["LONGSHORE_LEDGER"] == "redis://l/0"
        assert recipe.environment["LONGSHORE_BROKER"] == "redis://l/1"
        assert recipe.environment["LONGSHORE_TASKS"] == "a,b"
        assert recipe.environment["LONGSHORE_LOG_FORMAT"] == "json"


def test_of_all_parts_the_scheduler_alone_has_the_metrics_port() -> None:
    given = {recipe.name: recipe.environment.get("LONGSHORE_METRICS_PORT") for recipe in _plan().recipes()}

    assert given == {"api": "0", "scheduler": None, "worker": "0"}  # None: as the environment says


def test_the_page_leads_to_flower_where_it_runs() -> None:
    # Given
    elsewhere = Settings(flower_url="https://flower.example.com")

    # When
    by_plan = [
        plan.recipes()[0].environment.get("LONGSHORE_FLOWER_URL")
        for plan in (_plan(), _plan(flower_port=5556), Plan(elsewhere, flower_port=5556))
    ]

    # Then: a link that was given stays
    assert by_plan == [None, "http://127.0.0.1:5556", None]


def test_options_reach_the_worker() -> None:
    recipes = _plan(queues="add,multiply", concurrency=4, pool="threads").recipes()
    command = " ".join(recipes[2].command)

    assert "-Q add,multiply -c 4 --pool threads" in command


def test_a_worker_has_the_time_to_drain() -> None:
    recipe = _plan().recipes()[2]

    assert recipe.grace > Settings().drain_seconds


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),
        ("::", "http://[::1]:5000"),
        ("::1", "http://[::1]:5000"),
        ("box.local", "http://box.local:5000"),
    ],
)
def test_the_address_shown_is_one_that_works_here(host: str, url: str) -> None:
    assert Plan(Settings(host=host)).url == url


def test_task_files_are_named_by_their_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").touch()
    monkeypatch.chdir(tmp_path)

    assert task_sources("mine.py, some.module") == f"{tmp_path}/mine.py,some.module"


def test_a_task_file_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchTasks, match=r"not_there\.py"):
        task_sources("not_there.py")


def test_the_embedded_ledger_is_local_durable_and_locked(tmp_path: Path) -> None:
    # Given a folder with a name that wants quoting
    folder = tmp_path / 'my "data"'
    folder.mkdir()

    # And files that an earlier version left open to others
    (folder / "appendonlydir").mkdir(mode=0o755)
    (folder / "appendonlydir" / "appendonly.aof").touch(mode=0o644)
    (folder / "valkey.conf").touch(mode=0o644)

    # When
    embedded = Embedded(folder, 20_001, 64)
    *_, path = embedded.command()

    # Then
    configuration = Path(path).read_text()
    for line in [
        "bind 127.0.0.1",
        "appendonly yes",
        "appendfsync everysec",
        "hash-max-listpack-value 1024",
        "maxmemory 64mb",
        "maxmemory-policy noeviction",
    ]:
        assert line in configuration.splitlines()
    password = embedded.ledger.split(":")[2].split("@")[0]
    assert len(password) >= 20
    assert f"requirepass {password}" in configuration
    assert not [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
    assert (embedded.ledger[-2:], embedded.broker[-2:]) == ("/0", "/1")


def test_without_a_home_directory_only_up_has_to_be_told_where_data_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a user whom the system does not know
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)

    # When
    settings = Settings()

    # Then
    with pytest.raises(NoHome, match="--data"):
        run(Plan(settings), Mock())
