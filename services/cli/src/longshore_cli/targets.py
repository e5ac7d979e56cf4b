"""Which API, ledger and broker a command means: as told, else a running `longshore up`, else the default."""

from longshore.client import Client
from longshore.settings import Settings, read_settings
from longshore_cli.up.holding import find_running


def settings_for(
    url: str | None = None, key: str | None = None, ledger: str | None = None, broker: str | None = None
) -> Settings:
    """The settings, with what neither option nor environment says taken from a running `longshore up`."""
    settings = read_settings(url=url, key=key, ledger=ledger, broker=broker)
    running = find_running(settings.data)
    if running is None:
        return settings
    found = {"url": running.url, "ledger": running.ledger, "broker": running.broker}
    unsaid = {name: value for name, value in found.items() if name not in settings.model_fields_set}
    return settings.model_copy(update=unsaid)


def open_client(url: str | None, key: str | None, *, patience: float = 3.0) -> Client:
    """A client that gives up early: at a prompt, an API that is not there should say so."""
    settings = settings_for(url=url, key=key)
    return Client(settings.url, settings.key or "", patience=patience)
