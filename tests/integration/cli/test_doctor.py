"""The doctor sees what is wrong, says what to do, and does it when asked."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis

from longshore_ledger import Ledger
from longshore_ledger.records import NewTask
from tests.services import refusing
from tests.services.runner import Server
from tests.services.shared import Rabbit

from .conftest import Longshore, Said, management_url


def _about(said: Said, subject: str) -> list[dict[str, Any]]:
    return [finding for finding in said.json if finding["subject"] == subject]


def _levels(said: Said, subject: str) -> set[str]:
    return {finding["level"] for finding in _about(said, subject)}


def test_a_ledger_that_would_forget_is_found_and_repaired(longshore: Longshore, own_redis: Server) -> None:
    # Given a Redis as it comes
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("appendonly", "no")
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("maxmemory", 2**30)  # so that every part refuses it, but for the doctor
        client.config_set("hash-max-listpack-value", 64)

        # When
        said = longshore("doctor", "--json", ledger=own_redis.url, broker=own_redis.url)

        # Then
        worst = {finding["text"].split(" is ")[0]: finding["level"] for finding in _about(said, "ledger")}
        assert said.status == 1
        assert worst["appendonly"] == "fail"
        assert worst["maxmemory-policy"] == "fail"
        assert worst["hash-max-listpack-value"] == "warn"

        # When
        longshore("doctor", "--fix", "--json", ledger=own_redis.url, broker=own_redis.url)

        # Then
        assert client.config_get("appendonly")["appendonly"] == "yes"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert client.config_get("hash-max-listpack-value")["hash-max-listpack-value"] == "1024"


def test_a_server_that_evicts_is_found_out_where_its_configuration_cannot_be_seen(
    longshore: Longshore, own_redis: Server
) -> None:
    # Given a managed Redis
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory-policy", "volatile-lru")
        refusing.allow(client, "-config")

        # When
        said = longshore("doctor", "--json", ledger=own_redis.url, broker=own_redis.url)

    # Then
    (finding,) = [each for each in _about(said, "ledger") if each["text"].startswith("maxmemory-policy")]
    assert (finding["level"], finding["text"]) == ("fail", "maxmemory-policy is volatile-lru")
    assert "noeviction" in finding["advice"]


def test_a_broker_that_is_well_is_said_to_be(longshore: Longshore, ledger_url: str, broker_url: str) -> None:
    said = longshore("doctor", "--json", ledger=ledger_url, broker=broker_url)

    texts = [finding["text"] for finding in _about(said, "broker")]
    assert any("RabbitMQ" in text for text in texts)
    assert any("publications are confirmed" in text for text in texts)
    assert "fail" not in _levels(said, "broker")


def test_a_user_without_rights_is_given_them(
    longshore: Longshore, own_redis: Server, rabbitmq: Rabbit, plain_user: tuple[str, str]
) -> None:
    # Given, beside a ledger of its own: --fix gives the ledger's users their rights, too
    name, url = plain_user
    assert rabbitmq.management is not None

    # When
    said = longshore("doctor", "--json", ledger=own_redis.url, broker=url)

    # Then the lines that would fix it are printed
    (found,) = [finding for finding in _about(said, "broker") if finding["level"] == "fail"]
    assert f"rabbitmqctl set_permissions -p {urlsplit(url).path[1:]} {name}" in found["advice"]

    # When
    words = ("doctor", "--fix", "--json", "--management", management_url(rabbitmq))
    fixed = longshore(*words, ledger=own_redis.url, broker=url)

    # Then it works, with no more rights than it needs
    again = longshore("doctor", "--json", ledger=own_redis.url, broker=url)
    assert "fixed: " in str(_about(fixed, "broker"))
    assert _levels(again, "broker") == {"ok"}


def test_what_is_not_there_is_said_with_what_brings_it(longshore: Longshore) -> None:
    # Given nothing at all
    nowhere = {"ledger": "redis://127.0.0.1:1/0", "broker": "amqp://127.0.0.1:1", "url": "http://127.0.0.1:1"}

    # When
    said = longshore("doctor", "--json", **nowhere)

    # Then
    assert said.status == 1
    assert _levels(said, "ledger") == {"fail"}
    assert _levels(said, "broker") == {"fail"}
    assert _levels(said, "api") == {"warn"}
    assert all("longshore up" in _about(said, part)[0]["advice"] for part in ("ledger", "broker", "api"))


def test_tasks_that_cannot_be_imported_are_named(longshore: Longshore, ledger_url: str) -> None:
    said = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url, tasks="no_such_module")

    assert _levels(said, "tasks") == {"fail"}
    assert "no_such_module" in _about(said, "tasks")[0]["text"]


def test_a_ledger_without_scheduler_and_worker_says_how_to_start_them(
    longshore: Longshore, ledger_url: str
) -> None:
    said = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url)

    assert "longshore scheduler" in _about(said, "scheduler")[0]["advice"]
    assert "longshore worker" in _about(said, "workers")[0]["advice"]


def test_damaged_records_are_told_with_what_to_do(longshore: Longshore, ledger_url: str) -> None:
    # Given two that a script met
    with redis.Redis.from_url(ledger_url) as server:
        server.hset("{longshore}:damaged", mapping={"one": "field p (priority) is missing", "batch b": "no"})

    # When
    said = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url)

    # Then
    (found,) = [finding for finding in _about(said, "ledger") if "damaged" in finding["text"]]
    assert (found["level"], found["text"]) == ("fail", "damaged records, whose tasks wait: 2")
    assert "one: field p (priority) is missing" in found["advice"].splitlines()
    assert "batch b: no" in found["advice"].splitlines()
    assert "longshore cancel ID" in found["advice"]


def test_a_ledger_where_every_part_may_do_everything_is_found_out_and_given_users(
    longshore: Longshore, own_redis: Server, broker_url: str
) -> None:
    # Given a Redis as it comes
    def about_users(said: Said) -> list[dict[str, Any]]:
        return [finding for finding in _about(said, "ledger") if "user" in finding["text"]]

    # When
    said = longshore("doctor", "--json", ledger=own_redis.url, broker=broker_url)

    # Then
    found, default = about_users(said)
    assert (found["level"], default["level"]) == ("warn", "warn")
    assert "no user longshore-api, longshore-scheduler, longshore-worker" in found["text"]
    assert "redis-cli ACL SETUSER longshore-worker on resetpass" in found["advice"]
    with redis.Redis.from_url(own_redis.url) as server:
        assert server.acl_users() == ["default"]

        # When
        fixed, _ = about_users(
            longshore("doctor", "--fix", "--json", ledger=own_redis.url, broker=broker_url)
        )

        # Then each part has a URL that works, and a worker's cannot make keys
        assert fixed["level"] == "ok"
        urls = dict(re.findall(r"LONGSHORE_LEDGER=(redis://([\w-]+):\S+)", fixed["advice"]))
        assert sorted(urls.values()) == [
            "longshore-api",
            "longshore-doctor",
            "longshore-scheduler",
            "longshore-worker",
        ]
        of = {name: url for url, name in urls.items()}
        for url in urls:
            Ledger.open(url).close()
        made = longshore("keys", "create", "mallory", "--role", "admin", ledger=of["longshore-worker"])
        assert made.status != 0
        assert server.hlen("{longshore}:keys") == 0

        # When a later version wants other rights
        server.execute_command("ACL SETUSER", "longshore-worker", "~{longshore}:keys")
        said = longshore("doctor", "--json", ledger=of["longshore-doctor"], broker=broker_url)

        # Then
        found, _ = about_users(said)
        assert found["level"] == "warn"
        assert "the users longshore-worker have other rights" in found["text"]

        # When
        longshore("doctor", "--fix", "--json", ledger=own_redis.url, broker=broker_url)
        said = longshore("doctor", "--json", ledger=own_redis.url, broker=broker_url)

        # Then the passwords are the same
        assert about_users(said)[0]["level"] == "ok"
        Ledger.open(of["longshore-worker"]).close()


def test_a_ledger_that_is_the_broker_too_has_one_user(longshore: Longshore, ledger_url: str) -> None:
    said = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url)

    assert any("one user for all parts" in finding["text"] for finding in _about(said, "ledger"))


def test_data_that_others_can_read_is_found_out_and_closed(
    longshore: Longshore, ledger_url: str, tmp_path: Path
) -> None:
    # Given a folder as an earlier version left it
    data = tmp_path / "data"
    (data / "appendonlydir").mkdir(parents=True)
    written = data / "appendonlydir" / "appendonly.aof.1.incr.aof"
    written.touch()
    written.chmod(0o644)

    # When
    found = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url, data=data)
    fixed = longshore("doctor", "--json", "--fix", ledger=ledger_url, broker=ledger_url, data=data)

    # Then
    assert _levels(found, "files") == {"fail"}
    assert found.status == 1
    assert _levels(fixed, "files") == {"ok"}
    assert written.stat().st_mode & 0o077 == 0


def test_records_and_indexes_that_contradict_each_other_are_told_when_it_looks_deep(
    longshore: Longshore, ledger_url: str
) -> None:
    # Given a task that nothing would bring on
    words = ("doctor", "--deep", "--json")
    with closing(Ledger.open(ledger_url)) as ledger:
        ledger.intake.submit([NewTask("one", "add", "q", b"[]", b"digest00")])
    sound = longshore(*words, ledger=ledger_url, broker=ledger_url)
    with redis.Redis.from_url(ledger_url) as server:
        server.zrem("{longshore}:ready:q", "one")

    # When
    shallow = longshore("doctor", "--json", ledger=ledger_url, broker=ledger_url)
    said = longshore(*words, ledger=ledger_url, broker=ledger_url)

    # Then
    assert _levels(sound, "records") == {"ok"}
    assert _about(shallow, "records") == []
    assert said.status == 1
    assert [(each["level"], each["text"]) for each in _about(said, "records")] == [
        ("fail", "one: is PENDING and planned in [], should be in one place")
    ]


def test_an_index_of_another_type_is_told_when_it_looks_deep(longshore: Longshore, ledger_url: str) -> None:
    # Given
    with redis.Redis.from_url(ledger_url) as server:
        server.set("{longshore}:ready:q", "no sorted set")

    # When
    said = longshore("doctor", "--deep", "--json", ledger=ledger_url, broker=ledger_url)

    # Then
    assert said.status == 1
    (found,) = _about(said, "records")
    assert found["level"] == "fail"
    assert found["text"].startswith("what follows cannot be looked at")
