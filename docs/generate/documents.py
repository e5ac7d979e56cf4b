"""Which document has which generated part."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.generate.problems import problem_table
from docs.generate.routes import route_table
from docs.generate.settings import settings_table
from docs.generate.states import state_diagram

DOCS: Final = Path(__file__).parents[1]

GENERATED: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "state_machine.md": {"states": state_diagram},
    "operations.md": {"settings": settings_table},
    "http.md": {"routes": route_table, "problems": problem_table},
}
"""Document → name of a part, which stands between `<!-- NAME … -->` and `<!-- /NAME -->`, → its text."""


def renewed(document: str, text: str) -> str:
    """`text` of a document with its generated parts as they should be now."""
    for name, write in GENERATED[document].items():
        found = re.fullmatch(rf"(.*<!-- {name}\b[^>]*-->\n).*(<!-- /{name} -->.*)", text, flags=re.DOTALL)
        if found is None:
            raise SystemExit(f"{document} has no place for its part {name}")
        text = f"{found[1]}{write()}\n{found[2]}"
    return text
