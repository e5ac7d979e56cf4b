"""The way to the API server, by the `kubernetes` client, and what it answers when it refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from longshore_loadtest.targets.impossible import Impossible

TIMEOUT: Final = 15.0
"""Seconds that a request may take."""


class Refused(Impossible):
    """The API server said no."""

    def __init__(self, what: str, status: int, reason: str) -> None:
        super().__init__(f"{what}: {status} {reason}")
        self.status = status


def connect(context: str | None) -> Any:
    """A client: of the kubeconfig's context or, where there is no kubeconfig, of the pod's service account.

    Raises Impossible.
    """
    try:
        return config.new_client_from_config(context=context)  # type: ignore[no-untyped-call]
    except (config.ConfigException, OSError) as missing:
        found = client.Configuration()
        try:
            config.load_incluster_config(client_configuration=found)  # type: ignore[no-untyped-call]
        except config.ConfigException:
            raise Impossible(f"no cluster to speak to: {missing}") from missing
        return client.ApiClient(found)


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Around one request. Raises Refused, and Impossible when there is no answer."""
    try:
        yield
    except client.ApiException as refused:
        raise Refused(what, refused.status or 0, str(refused.reason)) from refused
    except (HTTPError, OSError) as error:
        raise Impossible(f"{what}: no answer: {error}") from error
