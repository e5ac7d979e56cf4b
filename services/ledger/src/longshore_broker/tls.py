"""TLS to the broker: its certificate is checked, and that it is for the host connected to."""

import ssl
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.pyamqp import SSLTransport


class HostTransport(SSLTransport):
    """kombu's transport for amqps:// URLs, in which each of several hosts has a certificate of its own.

    kombu's own fills in the name of the first host that it connects to, and asks the others for it, too.
    """

    def establish_connection(self) -> Any:
        """Connect to the host whose turn it is."""
        client: Any = self.client  # never None, whatever the stubs say
        client.ssl = tls_for("amqps:", client.hostname)
        return super().establish_connection()


TRANSPORT_ALIASES["amqps"] = f"{__name__}:{HostTransport.__name__}"


def tls_for(url: str, host: str | None = None) -> dict[str, Any] | bool:
    """What py-amqp and kombu are told of TLS for a broker's URL: to check the server's certificate and name.

    Unless told to, they do not check the name in amqps:// URLs, and nothing at all in rediss:// URLs.
    Authorities are the system's, or those of the file SSL_CERT_FILE. `host` is the name that has to be in the
    certificate of an amqps:// server; without it kombu puts in the one that it connects to.
    """
    if url.startswith("amqps:"):
        return {"context": {"check_hostname": True}, "server_hostname": host}
    if url.startswith("rediss:"):
        return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
    return False
