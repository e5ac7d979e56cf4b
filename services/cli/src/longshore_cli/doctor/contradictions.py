"""Settings that contradict each other: each is fine alone, so that nothing refuses to start."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from longshore.settings import Settings
from longshore_api.auth.exposure import is_loopback
from longshore_broker import is_embedded
from longshore_cli.doctor.finding import Finding, ok, warn


def check_settings(settings: Settings) -> Iterator[Finding]:
    """What of the settings here cannot all be meant."""
    found = [*_addresses(settings), *_broker(settings), *_times(settings)]
    yield from found or [ok("settings", "do not contradict each other")]


def _addresses(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.url)
    given = settings.model_fields_set
    if "port" in given and "url" not in given and settings.port not in (0, url.port):
        yield warn(
            "settings",
            f"LONGSHORE_PORT is {settings.port}, but commands look for the API at {settings.url}",
            f"Set LONGSHORE_URL, too: http://127.0.0.1:{settings.port}",
        )
    if settings.key and url.scheme == "http" and not is_loopback(url.hostname or ""):
        yield warn(
            "settings",
            f"LONGSHORE_KEY goes to {url.hostname} in clear: LONGSHORE_URL is http://",
            "Put TLS before the API and use https://, unless the network is yours alone.",
        )


def _broker(settings: Settings) -> Iterator[Finding]:
    if not is_embedded(settings.broker):
        return
    if _database(settings.ledger) == _database(settings.broker):
        yield warn(
            "settings",
            "LONGSHORE_LEDGER and LONGSHORE_BROKER are the same database",
            "Give the broker a database of its own, /1: who flushes one must not lose the other.",
        )
    if settings.queue_type != "auto":
        yield warn(
            "settings",
            f"LONGSHORE_QUEUE_TYPE={settings.queue_type} means nothing to a broker that is no RabbitMQ",
            "Unset it.",
        )


def _times(settings: Settings) -> Iterator[Finding]:
    beat, timeout = settings.heartbeat_seconds, settings.heartbeat_timeout_seconds
    if timeout < 2 * beat:
        yield warn(
            "settings",
            f"LONGSHORE_HEARTBEAT_TIMEOUT_SECONDS={timeout:g} is less than twice "
            f"LONGSHORE_HEARTBEAT_SECONDS={beat:g}",
            "Set it to three heartbeats: a worker that is late counts as dead, and its tasks run twice.",
        )
    if settings.retention_seconds < settings.upload_lease_seconds:
        yield warn(
            "settings",
            f"LONGSHORE_RETENTION_SECONDS={settings.retention_seconds:g} forgets results while they come",
            "An hour is little; seven days are the default.",
        )


def _database(url: str) -> tuple[str | None, int, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 6379, parts.path.strip("/") or "0"
