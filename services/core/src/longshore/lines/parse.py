"""One line of text into the arguments of one call."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, final

from longshore.catalogue import TaskSpec, check_args, expected_count, required
from longshore.errors import BadLine, InvalidArguments
from longshore.lines.cells import cell, types
from longshore.lines.fields import fields
from longshore.lines.split import REFUSED
from longshore.values import NotJSON, decode


@final
class Blank:
    """A line with nothing on it: no call, and a blank line of output."""


BLANK: Final = Blank()

Args = list[Any] | dict[str, Any]


def parse(line: str, spec: TaskSpec, header: Sequence[str] | None = None) -> Args | Blank:
    """Read a line as a call of the task; what is returned fits the task's schema.

    Without a header the line is a JSON object (`{"a": 3, "b": 4}`), or values with white space between
    them, bound to the parameters in order; for a task of one text parameter it is that text, spaces and all.
    With a CSV file's header it is that file's row; an empty field leaves a parameter to its default.
    Raises BadLine, which says why.
    """
    if line.startswith(REFUSED):
        raise BadLine(reason=line[len(REFUSED) :])
    if not line or line.isspace():
        return BLANK
    args = _parser(spec, None if header is None else tuple(header)).args(line)
    try:
        check_args(spec, args)
    except InvalidArguments as error:
        raise BadLine(reason=str(error)) from error
    return args


class _Parser:
    """What is the same for every line of a file."""

    def __init__(self, spec: TaskSpec, header: tuple[str, ...] | None) -> None:
        self._spec = spec
        self._header = header
        self._names = header or spec.parameters
        properties, definitions = spec.schema.get("properties", {}), spec.schema.get("$defs", {})
        accepted = {name: types(properties.get(name, {}), definitions) for name in self._names}
        self._cells = [cell(name, accepted[name]) for name in self._names]
        self._takes_text = {name for name in self._names if "string" in accepted[name]}
        self._optional = set(self._names) - set(spec.schema.get("required", ()))
        self._whole_line = list(accepted.values()) == [{"string"}]
        self._least = required(spec)

    def args(self, line: str) -> Args:
        if self._header is not None:
            return self._row(line)
        if line.lstrip().startswith("{"):
            return _object(line)
        if self._whole_line:
            return [line]
        texts = line.split()
        if not self._least <= len(texts) <= len(self._cells):
            raise BadLine(reason=f"expected {expected_count(self._spec)}, got {len(texts)}")
        return [convert(text) for convert, text in zip(self._cells, texts, strict=False)]

    def _row(self, line: str) -> dict[str, Any]:
        texts = fields(line)
        if len(texts) != len(self._names):
            noun = "value" if len(self._names) == 1 else "values"
            raise BadLine(reason=f"expected {len(self._names)} {noun}, got {len(texts)}")
        row = {}
        for name, convert, text in zip(self._names, self._cells, texts, strict=True):
            if text is not None:
                row[name] = convert(text)
            elif name in self._optional:
                continue
            elif name in self._takes_text:
                row[name] = ""
            else:
                raise BadLine(reason=f"{name}: empty")
        return row


def _object(line: str) -> dict[str, Any]:
    try:
        value = decode(line)
    except NotJSON as error:
        raise BadLine(reason=f"not a JSON object: {error}") from error
    assert isinstance(value, dict), "JSON that begins with { is an object"
    return value


@lru_cache(maxsize=64)
def _parser(spec: TaskSpec, header: tuple[str, ...] | None) -> _Parser:
    return _Parser(spec, header)
