"""The page: HTML for people, rendered here. What it does, it does by the routes under /v1."""

from typing import Final

from flask import Blueprint, Flask, render_template
from jinja2 import StrictUndefined

from longshore_api.context import Api
from longshore_api.web import (
    assets,
    batches,
    overview,
    queues,
    sessions,
    sign_in,
    submit,
    tasks,
    template_names,
    upload,
    words,
    workers,
)
from longshore_api.web.headers import secure

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    overview.blueprint,
    submit.blueprint,
    upload.blueprint,
    tasks.blueprint,
    batches.blueprint,
    queues.blueprint,
    workers.blueprint,
    sessions.blueprint,
    sign_in.blueprint,
)
"""Every page. Each is written as if it were built and as if its reader were let in."""


def install(app: Flask, made: Api) -> None:
    """Put the pages into `app`, with the headers and the names that all of them have."""
    pages = Blueprint("pages", __name__)
    pages.before_request(_say_that_it_is_not_built)
    pages.after_request(secure)
    for blueprint in BLUEPRINTS:
        pages.register_blueprint(blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(assets.blueprint)
    app.jinja_options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    words.install(app)
    template_names.install(app, made)


def _say_that_it_is_not_built() -> tuple[str, int] | None:
    return None if assets.built() else (render_template("unbuilt.html"), 503)
