"""What the documents say to type in a shell can be typed."""

import json
import re
from functools import cache
from typing import Final

import pytest

from longshore.settings import Settings
from longshore_api.app import create_app
from longshore_api.openapi import document
from tests.unit.docs.blocks import ROOT
from tests.unit.docs.shell import Command, commands

CHECKED: Final = {"longshore", "longshore-loadtest", "make", "helm", "kubectl", "curl"}
"""Programs whose words are looked at, here and in the tests beside this one."""
FOREIGN: Final = {"base64", "date", "docker", "kind", "npm", "open", "pre-commit", "printf", "seq"}
SYNTAX: Final = {"for", "done", "}", "secret"}
"""What is no program: words of the shell, and a function that a block defines."""
_URL: Final = re.compile(r"(/v1/[^\s?]*)")


@pytest.mark.parametrize("command", commands(), ids=str)
def test_a_command_is_one_that_the_tests_know_or_a_script_that_exists(command: Command) -> None:
    program = command.words[0]

    assert program in CHECKED | FOREIGN | SYNTAX or (ROOT / program).is_file()


@pytest.mark.parametrize("command", commands("helm", "kubectl"), ids=str)
def test_files_and_folders_that_helm_and_kubectl_are_given_exist(command: Command) -> None:
    given = [word for before, word in zip(command.words, command.words[1:], strict=False) if before == "-f"]
    charts = [word for word in command.words if word.startswith("charts/")]

    assert [path for path in [*given, *charts] if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("command", [each for each in commands("curl") if each.whole], ids=str)
def test_curl_calls_a_route_that_the_api_has(command: Command) -> None:
    # Given
    words = command.words
    posts = any(word in {"--json", "-F", "-d", "--data-binary"} for word in words)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if posts else "GET"

    # When
    paths = [found[1] for word in words if (found := _URL.search(word))]

    # Then
    assert paths or "…" in words
    assert [
        path for path in paths if not any(route.fullmatch(f"{method} {path}") for route in _routes())
    ] == []


def test_bodies_of_requests_are_json() -> None:
    for command in commands("curl"):
        for word, body in zip(command.words, command.words[1:], strict=False):
            if word == "--json":
                json.loads(body)


@cache
def _routes() -> list[re.Pattern[str]]:
    paths = document(create_app(Settings()))["paths"]
    return [
        re.compile(f"{method.upper()} {re.sub(r'{[^}]*}', '[^/]+', path)}")
        for path, item in paths.items()
        for method in item
    ]
