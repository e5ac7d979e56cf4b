"""A port that is taken is named, with the option that chooses another."""

import socket

import pytest

from longshore_cli.up.ports import PortTaken, free_port


def test_a_taken_port_is_named_with_its_option() -> None:
    with socket.socket() as other:
        # Given
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        # When
        with pytest.raises(PortTaken) as raised:
            free_port("127.0.0.1", port, part="API", option="--port")

    # Then
    assert f"Port {port} of 127.0.0.1" in raised.value.detail
    assert "--port" in raised.value.detail


def test_any_port_is_one_that_no_outgoing_connection_gets() -> None:
    port = free_port("127.0.0.1", 0, part="API", option="--port")

    assert 20_000 <= port < 32_000


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(PortTaken, match=r"203\.0\.113\.1"):
        free_port("203.0.113.1", 0, part="API", option="--port")
