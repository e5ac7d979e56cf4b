"""Commands of several verbs, of which `list` need not be said."""

import typer
from typer.core import TyperGroup

from longshore_cli.options import command_app


class _ListsAtLeast(TyperGroup):
    """Reads words that begin with no verb as those of `list`.

    A callback with options of its own would be the other way; it would drop `--json` before `list` unseen.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        first = args[0] if args else ""
        if not first or (first.startswith("-") and first not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def verbs_app(help: str) -> typer.Typer:
    """The app of a command whose verbs are one `list` and others."""
    return command_app(cls=_ListsAtLeast, subcommand_metavar="[COMMAND] [ARGS]...", help=help)
