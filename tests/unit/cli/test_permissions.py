"""A user of its own on an existing broker: who it is, and making it with rabbitmqctl."""

import re
from pathlib import Path

import pytest

from longshore_cli.doctor.permissions import CONFIGURE, READ, WRITE, Account, CannotSetUp, set_up


def test_the_account_is_the_one_of_the_url() -> None:
    account = Account.of("amqp://us%40er:p%2Fw@box:5673/our%2Fvhost")

    assert (account.user, account.password, account.vhost) == ("us@er", "p/w", "our/vhost")
    assert account.url == "amqp://us%40er:p%2Fw@box:5673/our%2Fvhost"


@pytest.mark.parametrize("url", ["amqp://guest:guest@box//", "amqp://box", "amqp://box;amqp://other"])
def test_in_place_of_guest_a_new_one_is_proposed(url: str) -> None:
    account = Account.of(url)

    assert (account.user, account.vhost, account.host) == ("longshore", "longshore", "box:5672")
    assert len(account.password) >= 20


def test_the_rights_are_no_more_than_the_parts_need() -> None:
    assert all(re.match(CONFIGURE, name) for name in ("add", "longshore.epoch", "celeryev.x"))
    assert re.match(READ, "add")
    assert not re.match(CONFIGURE, "amq.direct")
    assert re.match(WRITE, "amq.default")
    assert not re.match(WRITE, "amq.topic")
    assert not re.match(WRITE, "somebody-elses-exchange")


@pytest.fixture
def rabbitmqctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in that writes down how it was called and finds the vhost made already."""
    program, calls = tmp_path / "rabbitmqctl", tmp_path / "calls"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {calls}\n'
        f'case "$1" in add_user) echo "read $(cat)" >> {calls};; esac\n'
        'case "$1" in add_vhost) echo "vhost_already_exists" >&2; exit 70;; esac\n'
        'case "$2" in forbidden) echo "Error: not allowed here" >&2; exit 69;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return calls


def test_rabbitmqctl_makes_it_and_what_is_there_is_no_error(rabbitmqctl: Path) -> None:
    account = Account("us", "pw", "vh", "box:5672")

    said = set_up(account, None)

    calls = rabbitmqctl.read_text().splitlines()
    assert calls[:3] == ["add_vhost vh", "add_user us", "read pw"]
    assert calls[3].startswith("set_permissions -p vh us ^")
    assert account.url in said


def test_what_rabbitmqctl_refuses_is_said(rabbitmqctl: Path) -> None:
    with pytest.raises(CannotSetUp, match="not allowed here"):
        set_up(Account("forbidden", "pw", "vh", "box:5672"), None)


def test_without_rabbitmqctl_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CannotSetUp, match="--management"):
        set_up(Account("us", "pw", "vh", "box:5672"), None)
