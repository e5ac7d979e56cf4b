"""The broker: is it there, may we do what we must, does it take what is published?"""

import shlex
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import kombu
from amqp.exceptions import AMQPError

from longshore.errors import BrokerUnavailable, QueueRefused
from longshore.settings import Settings
from longshore_broker import Message, Publisher, is_embedded, open_publisher, tls_for
from longshore_cli.doctor.finding import Finding, Result, Treatment, fail, ok, warn
from longshore_cli.doctor.permissions import Account, set_up

_PROBE: Final = "longshore.doctor"
"""A queue of the doctor's own: made, written to, read and deleted again."""
_PATIENCE: Final = 5.0
"""Seconds a publication may take: a broker under an alarm takes for ever."""


def check_broker(settings: Settings, queues: Iterable[str], management: str | None) -> Iterator[Result]:
    """Everything about the broker. `management` is where `--fix` finds its management API."""
    publisher = open_publisher(settings.broker, queue_type=settings.queue_type, name="longshore doctor")
    with closing(publisher):
        try:
            server = publisher.connect()
        except BrokerUnavailable as error:
            yield _unreachable(settings, error.fields["reason"], management)
            return
        kind = "embedded" if is_embedded(settings.broker) else f"{server.queue_type} queues"
        yield ok("broker", f"{server.product} {server.version}, {kind}")
        if is_embedded(settings.broker):
            return
        yield _user(settings, management)
        yield _round_trip(publisher, settings, management)
    yield from _depths(settings, queues)


def _unreachable(settings: Settings, reason: str, management: str | None) -> Result:
    if "ACCESS_REFUSED" in reason or "NOT_ALLOWED" in reason or "403" in reason:
        return _treatment(
            fail("broker", f"refuses the user or the vhost of LONGSHORE_BROKER: {reason}", ""),
            settings,
            management,
        )
    return fail(
        "broker",
        f"cannot be reached: {reason}",
        "Start it, or set LONGSHORE_BROKER; `longshore up` brings one. Accepted work waits meanwhile.",
    )


def _user(settings: Settings, management: str | None) -> Result:
    if urlsplit(settings.broker).username in {None, "guest"}:
        finding = warn("broker", "is used as guest, who may do everything, and from its own machine only", "")
        return _treatment(finding, settings, management)
    return ok("broker", f"user {urlsplit(settings.broker).username}")


def _round_trip(publisher: Publisher, settings: Settings, management: str | None) -> Result:
    """Do once what relay and worker do all day."""
    try:
        publisher.declare(_PROBE)
        publisher.publish(_PROBE, Message("doctor", "doctor", 0, {}, b"[[],{},{}]"))
        confirmed = publisher.settle(_PATIENCE).confirmed
        if publisher.blocked:
            return _alarm(publisher.blocked)
        if not confirmed:
            return fail(
                "broker", f"confirmed nothing in {_PATIENCE:g} s", "Look at its log: disk, memory, quorum."
            )
        with _channel(settings) as channel:
            channel.basic_get(_PROBE, no_ack=True)
    except QueueRefused as error:
        return _forbidden(error.fields["reason"], settings, management)
    except (BrokerUnavailable, AMQPError) as error:
        if publisher.blocked:
            return _alarm(publisher.blocked)
        return _forbidden(str(error), settings, management)
    finally:
        with suppress(AMQPError, OSError), _channel(settings) as channel:
            channel.queue_delete(_PROBE)
    return ok("broker", "may declare, publish and consume; publications are confirmed")


@contextmanager
def _channel(settings: Settings) -> Iterator[Any]:  # kombu's stubs lack what its channels do
    with kombu.Connection(settings.broker, ssl=tls_for(settings.broker)) as connection:
        yield connection.default_channel


def _alarm(reason: str) -> Finding:
    return fail(
        "broker",
        f"has an alarm and takes nothing: {reason}",
        "Free memory or disk on it. Accepted work waits in the ledger and flows when the alarm is over.",
    )


def _forbidden(reason: str, settings: Settings, management: str | None) -> Result:
    return _treatment(fail("broker", f"does not let us work: {reason}", ""), settings, management)


def _treatment(finding: Finding, settings: Settings, management: str | None) -> Treatment:
    account = Account.of(settings.broker)
    vhost, user, rights = map(shlex.join, account.commands())
    # The shell's own printf: no process has the password among its arguments.
    lines = f"{vhost}\nprintf '%s\\n' {shlex.quote(account.password)} | {user}\n{rights}"
    advice = f"Give Longshore a user of its own (doctor --fix does), on the broker's machine:\n{lines}"
    if account.url != settings.broker:
        advice += f"\nexport LONGSHORE_BROKER={shlex.quote(account.url)}"
    told = Finding(finding.level, finding.subject, finding.text, advice)
    return Treatment(told, partial(set_up, account, management))


def _depths(settings: Settings, queues: Iterable[str]) -> Iterator[Result]:
    with closing(open_publisher(settings.broker, name="longshore doctor")) as publisher:
        try:
            publisher.connect()
            for queue in queues:
                depth = publisher.depth(queue)
                if depth.ready and not depth.consumers:
                    text = f"{queue}: {depth.ready} messages and no consumer"
                    yield warn("queue", text, f"Start a worker: longshore worker -Q {queue}")
                else:
                    yield ok("queue", f"{queue}: {depth.ready} messages, {depth.consumers} consumers")
        except (BrokerUnavailable, AMQPError) as error:
            yield fail("queue", f"cannot be looked at: {error}", "See the broker's findings above.")
