"""Certificates: each host's own name is asked for, and a refusal says what to do."""

from collections.abc import Callable
from pathlib import Path

import kombu
import pytest
import trustme
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError

from longshore import Client
from longshore.client import ApiUnreachable
from longshore.errors import BrokerUnavailable, LedgerUnavailable, LongshoreError
from longshore_broker import AmqpPublisher, VirtualPublisher, tls_for
from longshore_ledger.connection import Connection
from tests.unit.broker.tls_server import TlsServer


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Whoever signs certificates that are trusted here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def test_each_of_several_brokers_is_asked_for_its_own_name(authority: trustme.CA) -> None:
    # Given two brokers, each with a certificate for its own address
    with TlsServer(authority, "127.0.0.1") as first, TlsServer(authority, "127.0.0.2") as second:
        url = f"amqps://{first.address}//;amqps://{second.address}//"
        connection = kombu.Connection(url, ssl=tls_for(url), connect_timeout=5)

        # When a worker goes from one to the other, as both hang up
        with pytest.raises((OperationalError, AMQPError, OSError)):
            connection.ensure_connection(max_retries=2, interval_start=0, interval_step=0)

    # Then it took the certificates of both
    assert first.accepted
    assert second.accepted


def _broker(address: str) -> object:
    return AmqpPublisher(f"amqps://{address}//").connect()


def _embedded_broker(address: str) -> object:
    return VirtualPublisher(f"rediss://{address}/0").connect()


def _ledger(address: str) -> object:
    return Connection(f"rediss://{address}/0")


def _api(address: str) -> object:
    with Client(f"https://{address}", patience=0) as client:
        return client.catalogue()


CONNECTORS = [
    pytest.param(_broker, BrokerUnavailable, id="broker"),
    pytest.param(_embedded_broker, BrokerUnavailable, id="embedded broker"),
    pytest.param(_ledger, LedgerUnavailable, id="ledger"),
    pytest.param(_api, ApiUnreachable, id="API"),
]


@pytest.mark.parametrize(("connect", "raised"), CONNECTORS)
def test_a_certificate_of_an_unknown_authority_is_refused_with_what_to_do(
    connect: Callable[[str], object], raised: type[LongshoreError], authority: trustme.CA
) -> None:
    # Given a server with a certificate of an authority that is not trusted
    with TlsServer(trustme.CA(), "127.0.0.1") as server, pytest.raises(raised) as refusal:
        # When somebody connects
        connect(server.address)

    # Then it is refused, and the error says how to trust it
    assert not server.accepted
    assert "its certificate is from an authority that is not trusted here" in str(refusal.value)
    assert "SSL_CERT_FILE" in str(refusal.value)


@pytest.mark.parametrize(("connect", "raised"), CONNECTORS)
def test_a_certificate_for_another_name_is_refused_with_what_to_do(
    connect: Callable[[str], object], raised: type[LongshoreError], authority: trustme.CA
) -> None:
    # Given a server whose certificate is for another name
    with (
        TlsServer(authority, "127.0.0.1", name="broker.example.com") as server,
        pytest.raises(raised) as refusal,
    ):
        # When somebody connects
        connect(server.address)

    # Then
    assert not server.accepted
    assert "its certificate is for another name" in str(refusal.value)
    assert "use a name that is in the certificate" in str(refusal.value)
