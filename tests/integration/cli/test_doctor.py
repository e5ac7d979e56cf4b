"""The doctor sees what is wrong, says what to do, and does it when asked."""

from typing import Any
from urllib.parse import urlsplit

import redis

from tests.services.runner import Server
from tests.services.shared import Rabbit

from .conftest import Longshore, Said, management_url


def _about(said: Said, subject: str) -> list[dict[str, Any]]:
    return [finding for finding in said.json if finding["subject"] == subject]


def _levels(said: Said, subject: str) -> set[str]:
    return {finding["level"] for finding in _about(said, subject)}


def test_a_ledger_that_would_forget_is_found_out_and_mended(longshore: Longshore, own_redis: Server) -> None:
    # Given a Redis as it comes
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("appendonly", "no")
        client.config_set("maxmemory-policy", "allkeys-lru")
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


def test_a_broker_that_is_well_is_said_to_be(longshore: Longshore, ledger_url: str, broker_url: str) -> None:
    said = longshore("doctor", "--json", ledger=ledger_url, broker=broker_url)

    texts = [finding["text"] for finding in _about(said, "broker")]
    assert any("RabbitMQ" in text for text in texts)
    assert any("publications are confirmed" in text for text in texts)
    assert "fail" not in _levels(said, "broker")


def test_a_user_without_rights_is_given_them(
    longshore: Longshore, ledger_url: str, rabbitmq: Rabbit, plain_user: tuple[str, str]
) -> None:
    # Given
    name, url = plain_user
    assert rabbitmq.management is not None

    # When
    said = longshore("doctor", "--json", ledger=ledger_url, broker=url)

    # Then the lines that would mend it are printed
    (found,) = [finding for finding in _about(said, "broker") if finding["level"] == "fail"]
    assert f"rabbitmqctl set_permissions -p {urlsplit(url).path[1:]} {name}" in found["advice"]

    # When
    words = ("doctor", "--fix", "--json", "--management", management_url(rabbitmq))
    fixed = longshore(*words, ledger=ledger_url, broker=url)

    # Then it works, with no more rights than it needs
    again = longshore("doctor", "--json", ledger=ledger_url, broker=url)
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
