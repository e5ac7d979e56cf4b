"""The guard of every route: a route without a declared role is a defect, not an open door."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, Response, g, request

from longshore_api.auth import credentials
from longshore_api.auth.exposure import asks_for_keys
from longshore_api.auth.forgery import refuse_forged
from longshore_api.auth.origin import refuse_foreign_host, refuse_foreign_page, refuse_forwarded
from longshore_api.connections.connection import of_request
from longshore_api.context import Api
from longshore_api.errors import RoleTooLow, Unauthorized
from longshore_ledger.keys import Key, Role

View = TypeVar("View", bound=Callable[..., Any])

_ROLE: Final = "longshore_role"
PROBES: Final = frozenset({"/healthz", "/readyz"})
"""Asked by whatever keeps the process alive, under any name it likes."""


def needs(role: Role) -> Callable[[View], View]:
    """Declare the least role that a view asks for."""

    def mark(view: View) -> View:
        setattr(view, _ROLE, role)
        return view

    return mark


def public(view: View) -> View:
    """Declare that a view asks for no key: what it shows is no secret."""
    setattr(view, _ROLE, None)
    return view


def role_of(view: Callable[..., Any]) -> Role | None:
    """The role a view asks for. Raises AttributeError where none was declared."""
    role: Role | None = getattr(view, _ROLE)
    return role


def install(app: Flask, made: Api) -> None:
    """Guard every route of `app`."""
    keys_wanted = asks_for_keys(made.settings)

    def check() -> None:
        if request.endpoint is None or request.path in PROBES:
            return
        if not keys_wanted:
            refuse_foreign_host(request, made.settings)
            if made.settings.auth == "auto":  # With `none`, whoever runs it has thought of the proxy.
                refuse_forwarded(request)
        if credentials.secret() is None or not keys_wanted:
            refuse_foreign_page(request)
        role = role_of(app.view_functions[request.endpoint])
        if role is None or not keys_wanted:
            return
        _let_in(made, role)

    def free(answer: Response) -> Response:
        quota = g.get("quota")
        if quota is not None:
            answer.call_on_close(quota.end)
        return answer

    app.before_request(check)
    app.after_request(free)


def _let_in(made: Api, role: Role) -> None:
    """Raise unless the request's key is known, allows `role`, and has not asked for too much."""
    key = _key(made)
    g.caller, g.role = key.name, key.role
    session = credentials.session()
    if session is not None:
        refuse_forged(session)
    if not key.role.allows(role):
        raise RoleTooLow(name=key.name, role=key.role, needed=role)
    if (connection := of_request()) is not None:
        connection.stay()
    quota = made.quotas.of(key.name)
    quota.begin()
    g.quota = quota


def _key(made: Api) -> Key:
    key = credentials.key_of_request(made)
    if key is not None:
        return key
    if credentials.secret() is not None:
        raise Unauthorized(reason="The key is not known (any more).")
    if credentials.session() is not None:
        raise Unauthorized(reason="The session is over.")
    raise Unauthorized(reason="This API asks for a key.")
