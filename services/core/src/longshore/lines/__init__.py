"""A text file in, a text file out: how a line becomes a call, and a result a line.

The API splits what is uploaded and reads a CSV file's header; the worker parses each line and renders what
came of it. `docs/files.md` is the format for those who write such files.
"""

from longshore.errors import BadFile, BadLine
from longshore.lines.header import read_header
from longshore.lines.parse import BLANK, Blank, parse
from longshore.lines.render import error_line, render
from longshore.lines.split import LINE_LIMIT, pieces, split

__all__ = [
    "BLANK",
    "LINE_LIMIT",
    "BadFile",
    "BadLine",
    "Blank",
    "error_line",
    "parse",
    "pieces",
    "read_header",
    "render",
    "split",
]
