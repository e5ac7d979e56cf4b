"""The application: what `create_app` puts together."""

from collections.abc import Sequence

from flask_openapi.openapi import OpenAPI

from longshore import __version__
from longshore.settings import Settings
from longshore.states import BATCH_TERMINAL, TERMINAL
from longshore_api import access_log, answers, bodies, context, parameters, problems, web
from longshore_api.auth import guard
from longshore_api.auth.attempts import Attempts
from longshore_api.connections import bounds
from longshore_api.context import Api, caller_may
from longshore_api.events.hub import Hub
from longshore_api.ledger_link import LedgerLink
from longshore_api.meters import Meters
from longshore_api.queue_names import QueueNames
from longshore_api.quotas import Quotas
from longshore_api.routes import BLUEPRINTS
from longshore_api.waiting import WaitingRoom
from longshore_ledger import Ledger
from longshore_ledger.keys import Role

_AROUND_ARGS = 65_536
"""What a submission may hold beside its arguments, bytes."""


def create_app(settings: Settings, ledger: Ledger | None = None) -> OpenAPI:
    """Make the API. It opens the ledger when it is first asked for it, unless one is given."""
    app = OpenAPI(
        __name__,
        info={"title": "Longshore", "version": __version__, "summary": "Runs Python functions, loses none."},
        validation_error_callback=parameters.refuse,
        doc_ui=False,  # Ours is in routes/docs.py: flask-openapi's page has inline scripts.
        static_folder=None,
        template_folder="web/templates",
    )
    app.openapi_version = "3.1.0"  # flask-openapi says 3.2, which few tools read, and uses nothing of it.
    app.config["MAX_CONTENT_LENGTH"] = settings.args_limit + _AROUND_ARGS
    made = _api(settings, LedgerLink(settings, ledger))
    context.install(app, made)
    problems.install(app)
    access_log.install(app, made)
    answers.install(app)
    bounds.install(app)
    bodies.install(app)
    guard.install(app, made)
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    web.install(app, made)
    return app


def _api(settings: Settings, link: LedgerLink) -> Api:
    def tasks_ended(ids: Sequence[str]) -> list[bool]:
        return [state is None or state in TERMINAL for state in link.ledger.views.states_of(ids)]

    def batches_ended(ids: Sequence[str]) -> list[bool]:
        found = [link.ledger.batches.get(id) for id in ids]
        return [batch is None or batch.state in BATCH_TERMINAL for batch in found]

    meters = Meters()
    hub = Hub(link, meters.registry)
    waiting = WaitingRoom(tasks_ended), WaitingRoom(batches_ended)
    queues = QueueNames(link, settings.queues, may_make=lambda: caller_may(Role.OPERATOR))
    return Api(settings, link, meters, *waiting, hub, Quotas(settings), queues, Attempts())
