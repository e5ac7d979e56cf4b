"""The table of the ledger's users has every key and command that the parts and their scripts use."""

import re
from fnmatch import fnmatchcase
from functools import cache

import pytest

from longshore_ledger.acl import API, SCHEDULER, WORKER, LedgerUser
from longshore_ledger.scripts import assemble, script_names
from tests.unit.architecture.test_house import SERVICES

LEDGER = SERVICES["longshore_ledger"]
PARTS = {"longshore_api": API, "longshore_scheduler": SCHEDULER, "longshore_worker": WORKER}
_LUA_KEY = re.compile(r"P \.\. '([a-z_:-]+)'")
_LUA_WRITE = re.compile(
    r"(?:redis\.call|many)\('(?:SET|DEL|EXPIRE|[A-Z]*(?:ADD|REM|PUSH|POP)|H(?:SET|SETNX|DEL|INCRBY)|LSET)',"
    r"\s*P \.\. '([a-z_:-]+)'"
)
_LUA_COMMAND = re.compile(r"(?:redis\.call|many)\('([A-Z]+)'")
_PYTHON_KEY = re.compile(r'f"\{PREFIX\}:([a-z_:-]+)')


@cache
def _files_of(service: str) -> tuple[str, ...]:
    """Texts of the ledger's files whose parts a service uses."""
    sources = " ".join(path.read_text("utf-8") for path in sorted(SERVICES[service].rglob("*.py")))
    used = set(re.findall(r"\bledger\.(\w+)\b", sources)) & {path.stem for path in LEDGER.glob("*.py")}
    if service == "longshore_worker":
        used -= {"views"}  # of all views it asks for the other workers only
    return tuple((LEDGER / f"{name}.py").read_text("utf-8") for name in sorted(used))


def _scripts_of(service: str) -> set[str]:
    named = {name for text in _files_of(service) for name in re.findall(r'"([a-z_]+)"', text)}
    return named & set(script_names())


def _covers(patterns: tuple[str, ...], key: str) -> bool:
    example = f"{key}x" if key.endswith(":") else key
    return any(fnmatchcase(example, pattern) for pattern in patterns)


def _unknown(keys: set[str], patterns: tuple[str, ...]) -> set[str]:
    return {key for key in keys if not _covers(patterns, key)}


@pytest.mark.parametrize("service", PARTS)
def test_a_part_may_use_the_keys_of_its_scripts(service: str) -> None:
    # Given
    user = PARTS[service]
    texts = {name: assemble(name) for name in _scripts_of(service)}
    assert texts

    # When
    unread = {
        name: missing
        for name, text in texts.items()
        if (missing := _unknown(set(_LUA_KEY.findall(text)), (*user.writes, *user.reads)))
    }

    # Then
    assert not unread, f"give {user.name} these keys in longshore_ledger/acl.py, then run `make chart`"


def _own_text(name: str) -> str:
    """A script without its includes, which have functions that only other scripts call."""
    return (LEDGER / "lua" / f"{name}.lua").read_text("utf-8")


@pytest.mark.parametrize("service", PARTS)
def test_a_part_may_change_what_its_scripts_change(service: str) -> None:
    # Given
    user = PARTS[service]

    # When
    unwritten = {
        name: missing
        for name in _scripts_of(service)
        if (missing := _unknown(set(_LUA_WRITE.findall(_own_text(name))), user.writes))
    }

    # Then
    assert not unwritten, f"give {user.name} these keys in longshore_ledger/acl.py, then run `make chart`"


@pytest.mark.parametrize("service", PARTS)
def test_a_part_may_use_the_keys_that_its_python_names(service: str) -> None:
    # Given
    user = PARTS[service]
    shared = (LEDGER / "connection.py").read_text("utf-8")

    # When
    keys = {key for text in (*_files_of(service), shared) for key in _PYTHON_KEY.findall(text)}

    # Then
    assert keys
    unknown = _unknown(keys, (*user.writes, *user.reads))
    assert not unknown, f"give {user.name} these keys in longshore_ledger/acl.py, then run `make chart`"


def test_every_command_of_a_script_is_allowed() -> None:
    used = {word.lower() for name in script_names() for word in _LUA_COMMAND.findall(assemble(name))}
    assert used <= set(WORKER.commands), "add the commands to longshore_ledger/acl.py"


@pytest.mark.parametrize("user", [SCHEDULER, WORKER], ids=lambda user: user.name)
def test_neither_scheduler_nor_worker_reach_keys_and_sessions(user: LedgerUser) -> None:
    for key in ("keys", "secrets", "keylog", "session:x"):
        assert not _covers((*user.writes, *user.reads), key)


def test_the_parts_of_the_ledger_are_in_files_of_their_names() -> None:
    # Then the tests above look into the right files
    named = set(re.findall(r"self\.(\w+) = \w+\(connection", (LEDGER / "__init__.py").read_text("utf-8")))
    assert named
    assert {name for name in named if not (LEDGER / f"{name}.py").exists()} == set()
