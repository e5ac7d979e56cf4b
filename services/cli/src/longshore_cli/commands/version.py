"""`longshore version`."""

from importlib.metadata import version as installed

from longshore_cli.display import print_json, print_line
from longshore_cli.options import Json, command_app

app = command_app()


@app.command()
def version(json: Json = False) -> None:
    """Print the version."""
    if json:
        print_json({"version": installed("longshore")})
    else:
        print_line(installed("longshore"))
