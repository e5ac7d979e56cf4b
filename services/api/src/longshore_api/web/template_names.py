"""The names that every template has."""

from typing import Any, NamedTuple

from flask import Flask, g

from longshore import __version__
from longshore.errors import LongshoreError
from longshore.settings import Settings
from longshore_api.auth import credentials
from longshore_api.auth.exposure import asks_for_keys
from longshore_api.auth.forgery import token_of
from longshore_api.context import Api
from longshore_api.web.assets import asset
from longshore_ledger.keys import Key, Role


class Link(NamedTuple):
    """Another page that people look at beside this one."""

    name: str
    url: str


def install(app: Flask, made: Api) -> None:
    """Give them to the templates of `app`.

    `may("operator")`: whether who looks may do that; `signed_in`, `caller_name`, and `csrf`, the token that
    forms and scripts send along; `asset("page.js")`: its address; `links`: names and addresses; `version`.
    """
    keys_wanted = asks_for_keys(made.settings)

    def may(role: str) -> bool:
        key = _key(made)
        return not keys_wanted or (key is not None and key.role.allows(Role(role)))

    def of_request() -> dict[str, Any]:
        session = credentials.session() if keys_wanted else None
        key = _key(made) if keys_wanted else None
        return {
            "signed_in": session is not None and key is not None,
            "caller_name": "anyone" if key is None else key.name,
            "csrf": "" if session is None else token_of(session),
        }

    app.context_processor(of_request)
    app.jinja_env.globals.update(may=may, asset=asset, links=_links(made.settings), version=__version__)


def _key(made: Api) -> Key | None:
    try:
        return credentials.key_of_request(made)
    except LongshoreError:  # The page that says so needs its names, too; it need not wait for them again.
        g.key = None
        return None


def _links(settings: Settings) -> list[Link]:
    addresses = {
        "Flower": settings.flower_url,
        "RabbitMQ": settings.rabbitmq_ui_url,
        "Grafana": settings.grafana_url,
    }
    return [Link(name, url) for name, url in addresses.items() if url is not None]
