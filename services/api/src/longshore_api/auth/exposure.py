"""Whether this API asks for keys, and whether it may start at all."""

from functools import lru_cache
from ipaddress import ip_address

import structlog

from longshore.errors import LedgerUnavailable, LongshoreError
from longshore.settings import Settings
from longshore_api.ledger_link import LedgerLink

_log = structlog.get_logger(__name__)


class OpenToTheWorld(LongshoreError):
    """The API would be open to everyone.

    It would listen on {host} and ask for API keys, but there are none. Create one first:
    `longshore keys create NAME --role admin`, or give it one: LONGSHORE_ADMIN_KEY; or set
    LONGSHORE_HOST=127.0.0.1 (and LONGSHORE_AUTH=auto) to stay on this machine without keys, or
    LONGSHORE_AUTH=none if something else keeps strangers away.
    """


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def asks_for_keys(settings: Settings) -> bool:
    """Whether requests need a key.

    `auto` does not look into the ledger: the first key somebody creates must not lock everyone else out.
    """
    if settings.auth != "auto":
        return settings.auth == "keys"
    return settings.admin_key is not None or not is_loopback(settings.host)


def refuse_exposure(settings: Settings, link: LedgerLink) -> None:
    """Raise OpenToTheWorld when keys are asked for and there is none.

    A ledger that is away settles nothing: the API starts, and lets nobody in whose key it cannot check.
    """
    if not asks_for_keys(settings):
        if not is_loopback(settings.host):
            _log.warning("open to everyone", host=settings.host, because="LONGSHORE_AUTH=none")
        return
    if settings.admin_key is not None:
        return
    try:
        known = link.ledger.keys.any()
    except LedgerUnavailable as error:
        _log.warning("keys not checked", reason=error.detail)
        return
    if not known:
        raise OpenToTheWorld(host=settings.host)
