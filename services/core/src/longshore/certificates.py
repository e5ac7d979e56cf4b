"""Why a connection failed, with what to do where it is the server's certificate that was refused."""

import ssl
from typing import Final

_ANOTHER_NAME: Final = frozenset({62, 63, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, EMAIL_MISMATCH and IP_ADDRESS_MISMATCH."""
_UNKNOWN_AUTHORITY: Final = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's errors for an issuer that is missing, or not trusted."""


def connection_failure(error: BaseException) -> str:
    """The reason that `error`, or what caused it, gives for a connection that failed; never empty."""
    refused = _refused_certificate(error)
    if refused is None:
        return str(error).strip().rstrip(".") or type(error).__name__
    said = refused.verify_message.rstrip(".")
    if refused.verify_code in _ANOTHER_NAME:
        return f"its certificate is for another name ({said}); use a name that is in the certificate"
    if refused.verify_code in _UNKNOWN_AUTHORITY:
        return (
            f"its certificate is from an authority that is not trusted here ({said});"
            " set SSL_CERT_FILE to a file with that authority's certificate"
        )
    return f"its certificate is not valid ({said})"


def _refused_certificate(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The refusal among `error` and what it was raised from: client libraries wrap it."""
    seen: list[BaseException] = []  # an error that is raised again while it is handled closes a circle
    found: BaseException | None = error
    while found is not None and found not in seen:
        if isinstance(found, ssl.SSLCertVerificationError):
            return found
        seen.append(found)
        found = found.__cause__ or found.__context__
    return None
