"""Every event that a service logs is in docs/logs.md, with who logs it at which level, and no other is."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
_LEVELS = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "exception": "error",
    "critical": "critical",
}
_FROM = {"core": "any", "ledger": "any", "cli": "keys"}
"""What the log calls a folder of services/, where it is not the folder's own name."""

Events = dict[str, tuple[set[str], set[str]]]
"""By event: who logs it, at which levels."""


def test_every_event_of_the_logs_is_in_the_list_and_no_other() -> None:
    assert _listed() == _logged()


@pytest.mark.parametrize(
    "line",
    ['log.info("sent")', '_log.info("sent" if x else "kept")', "log.error(error.title)"],
)
def test_an_event_is_found_however_it_is_said(line: str) -> None:
    source = f"import structlog\nlog = structlog.get_logger()\n_log = structlog.get_logger(__name__)\n{line}"

    found = {event for event, _ in _events_of(ast.parse(source))}

    assert found <= {"sent", "kept", "{title}"}
    assert found


def _listed() -> Events:
    rows = [line.split(" | ") for line in (ROOT / "docs" / "logs.md").read_text().splitlines()]
    found: Events = {}
    for event, services, levels, meaning in (row for row in rows if row[0].startswith("| `")):
        name = event.removeprefix("| ").strip("`")
        assert name not in found, f"{name} is listed twice"
        assert re.fullmatch(r".+[.] [|]", meaning), f"{name} needs a sentence, with a full stop"
        found[name] = set(services.split(", ")), set(levels.split(", "))
    return found


def _logged() -> Events:
    found: Events = defaultdict(lambda: (set(), set()))
    for path in sorted((ROOT / "services").glob("*/src/**/*.py")):
        service = path.relative_to(ROOT / "services").parts[0]
        for event, level in _events_of(ast.parse(path.read_text(encoding="utf-8"))):
            services, levels = found[event]
            services.add(_FROM.get(service, service))
            levels.add(level)
    return dict(found)


def _events_of(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Events and levels of all calls of a logger, under whatever name the module has it."""
    loggers = {
        ast.unparse(target)
        for statement in ast.walk(module)
        if isinstance(statement, ast.Assign) and _makes_logger(statement.value)
        for target in statement.targets
    }
    for call in _calls(module):
        method = call.func
        if not isinstance(method, ast.Attribute) or method.attr not in _LEVELS:
            continue
        if ast.unparse(method.value) in loggers or _makes_logger(method.value):
            for event in _texts(call.args[0], module):
                yield event, _LEVELS[method.attr]


def _makes_logger(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_logger", "getLogger"))


def _calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def _texts(node: Any, module: ast.Module) -> list[str]:
    """What the first argument of a call may be; of a parameter, what its function is called with."""
    match node:
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(_, first, second):
            return [*_texts(first, module), *_texts(second, module)]
        case ast.Attribute(attr="title"):
            return ["{title}"]
        case ast.Name(name):
            functions = [
                one.name
                for one in ast.walk(module)
                if isinstance(one, ast.FunctionDef) and one.args.args and one.args.args[0].arg == name
            ]
            calls = [call for call in _calls(module) if ast.unparse(call.func) in functions]
            if calls:
                return [text for call in calls for text in _texts(call.args[0], module)]
    raise AssertionError(f"line {node.lineno}: this test does not know what {ast.unparse(node)} says")
