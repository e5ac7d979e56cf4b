"""Addresses of servers, as they may be shown."""

import re
from typing import Final

_LOGIN: Final = re.compile(r"(//[^:/@]*:)[^/]*@")
_BETWEEN: Final = re.compile("([&;])")
_SECRETS: Final = ("pass", "secret", "token", "auth", "key")
"""What is in the names of parameters that are credentials; redis-py takes `password` and `ssl_password`."""


def without_password(url: str) -> str:
    """The URL with its credentials hidden, wherever they stand: before the host or among the parameters."""
    address, mark, parameters = url.partition("?")
    return _LOGIN.sub(r"\1***@", address) + mark + "".join(map(_hidden, _BETWEEN.split(parameters)))


def _hidden(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}=***" if equals and any(word in name.lower() for word in _SECRETS) else parameter
