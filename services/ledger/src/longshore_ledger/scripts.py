"""The Lua scripts, assembled: `-- include: a b` in a script's head names files of lua/include/.

The include `clock` can be replaced (tests bring a clock they can turn), and `@LEGAL@` becomes the table of
legal moves of `longshore.states`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from longshore.states import MOVES

_INCLUDE = re.compile(r"^-- include: (.*)$", re.MULTILINE)


@cache
def script_names() -> tuple[str, ...]:
    """Names of all scripts, without their ending."""
    return tuple(sorted(entry.name[:-4] for entry in _lua().iterdir() if entry.name.endswith(".lua")))


def assemble(name: str, replaced: Mapping[str, str] | None = None) -> str:
    """The whole text of script `name`. `replaced` maps includes, or the script's own name, to other texts."""
    replaced = replaced or {}
    text = replaced.get(name) or (_lua() / f"{name}.lua").read_text("utf-8")
    shebang, _, rest = text.partition("\n")
    named = _INCLUDE.search(rest)
    parts = [
        replaced.get(include) or (_lua() / "include" / f"{include}.lua").read_text("utf-8")
        for include in (named.group(1).split() if named else ())
    ]
    legal = json.dumps({state: dict.fromkeys(sorted(targets), True) for state, targets in MOVES.items()})
    return "\n".join([shebang, *parts, rest]).replace("@LEGAL@", legal)


def _lua() -> Traversable:
    return files("longshore_ledger") / "lua"
