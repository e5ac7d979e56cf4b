"""Passwords are in Secrets and nowhere else; those of one's own are used instead."""

import base64
import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from longshore_cli.doctor.permissions import CONFIGURE, READ, WRITE
from longshore_ledger.acl import USERS
from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import CHART, Release, render

pytestmark = pytest.mark.chart


def _secret(release: Release, name: str) -> dict[str, str]:
    data = release.one("Secret", name)["data"] or {}
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def test_what_is_made_is_kept_and_long(release: Release) -> None:
    # When
    secrets = _secret(release, "secrets")

    # Then
    assert release.one("Secret", "secrets")["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert set(secrets) == {
        "admin-key",
        "rabbitmq-user",
        "rabbitmq-password",
        "rabbitmq-admin-password",
        "rabbitmq-flower-password",
        "erlang-cookie",
        "redis-password",
        "redis-api-password",
        "redis-scheduler-password",
        "redis-worker-password",
        "redis-doctor-password",
        "flower-password",
    }
    assert re.fullmatch(r"lsk_[A-Za-z0-9]{43}", secrets["admin-key"])
    assert all(len(value) >= 32 for key, value in secrets.items() if key != "rabbitmq-user")


def test_urls_are_made_of_them(release: Release) -> None:
    # Given
    secrets, urls = _secret(release, "secrets"), _secret(release, "urls")

    # Then
    assert urls == {
        "broker-url": f"amqp://longshore:{secrets['rabbitmq-password']}@longshore-rabbitmq:5672/longshore",
        **{
            f"ledger-url-{part}": (
                f"redis://longshore-{part}:{secrets[f'redis-{part}-password']}@longshore-redis:6379/0"
            )
            for part in ("api", "scheduler", "worker", "doctor")
        },
    }


def test_every_part_is_a_user_of_the_ledger_of_its_own(everything: Release) -> None:
    # When
    given = {
        name: one["valueFrom"]["secretKeyRef"]["key"]
        for name, pod in everything.pods()
        for container in [*pod["containers"], *pod.get("initContainers", [])]
        for one in container.get("env", [])
        if one["name"] == "LONGSHORE_LEDGER"
    }

    # Then
    others = {"longshore-api": "api", "longshore-scheduler": "scheduler", "longshore-test": "doctor"}
    assert others.keys() < given.keys()
    assert given == {name: f"ledger-url-{others.get(name, 'worker')}" for name in given}


def test_redis_has_the_users_of_the_table_and_digests_of_their_passwords(release: Release) -> None:
    # Given
    secrets = _secret(release, "secrets")

    # When
    lines = _secret(release, "redis-users")["users.conf"].splitlines()

    # Then
    assert lines == [
        f"user {user.name} on #{sha256(password.encode()).hexdigest()} {' '.join(user.rules())}"
        for user in USERS
        for password in [secrets[f"redis-{user.name.removeprefix('longshore-')}-password"]]
    ]
    assert "include /etc/redis/users/users.conf" in release.one("ConfigMap", "redis")["data"]["redis.conf"]


def test_redis_restarts_when_what_its_users_may_do_changes(tmp_path: Path) -> None:
    # Given a chart whose workers may do one thing more
    chart = shutil.copytree(CHART, tmp_path / "longshore")
    users = chart / "files" / "ledger-users.yaml"
    users.write_text(users.read_text(encoding="utf-8") + "- +strlen\n")

    # When
    sums = [
        render(chart=which).one("StatefulSet", "redis")["spec"]["template"]["metadata"]["annotations"]
        for which in (CHART, shutil.copytree(CHART, tmp_path / "same"), chart)
    ]

    # Then
    same, again, other = (one["checksum/users"] for one in sums)
    assert same == again
    assert same != other


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_no_secret_is_anywhere_but_in_secrets(combination: str) -> None:
    # Given
    release = render(COMBINATIONS[combination])
    known = [*_secret(release, "secrets").values(), *_secret(release, "urls").values()]

    # When
    others = json.dumps([one for one in release.objects if one["kind"] != "Secret"])

    # Then
    assert not [value for value in known if value != "longshore" and value in others]


def test_the_api_and_the_helm_test_get_the_first_key(release: Release) -> None:
    # Given
    key = {"secretKeyRef": {"name": "longshore-secrets", "key": "admin-key"}}

    # Then
    assert release.env("Deployment", "api")["LONGSHORE_ADMIN_KEY"] == key
    test = release.one("Pod", "test")["spec"]["containers"][0]["env"]
    assert {"name": "LONGSHORE_KEY", "valueFrom": key} in test


def test_without_keys_nobody_has_one() -> None:
    # When
    release = render({"auth": {"enabled": False}})

    # Then
    assert release.env("Deployment", "api")["LONGSHORE_AUTH"] == "none"
    assert "LONGSHORE_ADMIN_KEY" not in release.env("Deployment", "api")
    assert "admin-key" not in _secret(release, "secrets")


def test_secrets_of_ones_own_are_used_instead() -> None:
    # When
    release = render(COMBINATIONS["passwords of one's own"])

    # Then
    assert set(_secret(release, "secrets")) == {
        "rabbitmq-user",
        "rabbitmq-flower-password",
        "redis-api-password",
        "redis-scheduler-password",
        "redis-worker-password",
        "redis-doctor-password",
        "flower-password",
    }
    assert "broker-url" not in _secret(release, "urls")
    worker = release.env("Deployment", "worker-default")
    assert worker["RABBITMQ_PASSWORD"] == {"secretKeyRef": {"name": "mine", "key": "rabbitmq-password"}}
    assert (
        worker["LONGSHORE_BROKER"]
        == "amqp://longshore:$(RABBITMQ_PASSWORD)@longshore-rabbitmq:5672/longshore"
    )
    assert worker["LONGSHORE_LEDGER"] == {
        "secretKeyRef": {"name": "longshore-urls", "key": "ledger-url-worker"}
    }
    assert release.env("Deployment", "api")["LONGSHORE_ADMIN_KEY"]["secretKeyRef"]["name"] == "mine"


def test_a_variable_comes_before_the_one_that_names_it() -> None:
    for combination in COMBINATIONS.values():
        for name, pod in render(combination).pods():
            for container in [*pod["containers"], *pod.get("initContainers", [])]:
                seen: set[str] = set()
                for one in container.get("env", []):
                    assert set(re.findall(r"\$\((\w+)\)", one.get("value", ""))) <= seen, name
                    seen.add(one["name"])


def test_urls_of_ones_own_come_from_a_secret() -> None:
    # When
    release = render(COMBINATIONS["both, from Secrets"])

    # Then
    env = release.env("Deployment", "scheduler")
    assert env["LONGSHORE_BROKER"] == {"secretKeyRef": {"name": "mine", "key": "broker-url"}}
    assert env["LONGSHORE_LEDGER"] == {"secretKeyRef": {"name": "mine", "key": "ledger-url"}}


def test_urls_of_each_user_come_from_a_secret_of_ones_own() -> None:
    # When
    external = {"existingSecret": "mine", "users": True}
    release = render({"redis": {"enabled": False, "external": external}})

    # Then
    for kind, name, part in (
        ("Deployment", "api", "api"),
        ("Deployment", "scheduler", "scheduler"),
        ("Deployment", "worker-default", "worker"),
    ):
        given = release.env(kind, name)["LONGSHORE_LEDGER"]
        assert given == {"secretKeyRef": {"name": "mine", "key": f"ledger-url-{part}"}}


def test_a_url_in_values_ends_up_in_a_secret() -> None:
    # When
    release = render(COMBINATIONS["a broker and a ledger of one's own"])

    # Then
    assert _secret(release, "urls") == {
        "broker-url": "amqps://u:p@mq.test:5671/shore",
        "ledger-url": "rediss://:p@redis.test:6380/0",
    }
    assert release.names("StatefulSet") == set()


def _definitions(release: Release) -> dict[str, Any]:
    init = release.one("StatefulSet", "rabbitmq")["spec"]["template"]["spec"]["initContainers"][0]
    (text,) = (one["value"] for one in init["env"] if one["name"] == "DEFINITIONS")
    return json.loads(text)  # type: ignore[no-any-return]


def test_the_brokers_user_has_the_rights_that_the_doctor_proposes(release: Release) -> None:
    # When
    definitions = _definitions(release)

    # Then
    assert definitions["vhosts"] == [{"name": "longshore"}]
    assert {
        "user": "longshore",
        "vhost": "longshore",
        "configure": CONFIGURE,
        "write": WRITE,
        "read": READ,
    } in definitions["permissions"]
    assert "guest" not in {user["name"] for user in definitions["users"]}


def test_flower_may_look_and_neither_send_nor_take_tasks(release: Release) -> None:
    # When
    (rights,) = (one for one in _definitions(release)["permissions"] if one["user"] == "flower")

    # Then
    for way in ("configure", "write", "read"):
        for name in ("celeryev", "celeryev.0f3e", "celery.pidbox", "0f3e.reply.celery.pidbox"):
            assert re.match(rights[way], name), name
        for name in ("amq.default", "add", "longshore.epoch"):
            assert not re.match(rights[way], name), name


def test_flower_asks_for_a_password(release: Release) -> None:
    # When
    env = release.env("Deployment", "flower")

    # Then
    assert env["FLOWER_BASIC_AUTH"] == "admin:$(FLOWER_PASSWORD)"
    assert env["CELERY_BROKER_URL"].startswith("amqp://flower:$(RABBITMQ_FLOWER_PASSWORD)@longshore-rabbitmq")
