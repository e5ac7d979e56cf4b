"""Sessions: where one is signed in, to be ended there."""

from flask import Blueprint, render_template

from longshore_api.auth.guard import needs
from longshore_api.auth.own_sessions import open_sessions
from longshore_ledger.keys import Role

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sessions")
@needs(Role.VIEWER)
def sessions() -> str:
    """Show the sessions of one's own key; to an administrator, all."""
    return render_template("sessions.html", sessions=open_sessions())
