"""Every condition in the scripts matters: a sentence of tests/integration/ledger fails when it is changed.

Each mutant is loaded in place of its script, and the one sentence named beside it is played on it, in this
process: all of them take less than a minute. `make mutants`, or `pytest tests/mutants -k start`.
"""

import inspect
import re
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import cache
from importlib import import_module
from typing import Any

import pytest
import redis

from longshore.settings import Settings
from longshore_ledger import Ledger
from tests.integration.ledger.actors import Harness
from tests.integration.ledger.clock import LUA, Clock
from tests.integration.ledger.soundness import problems
from tests.mutants.mutant import Mutant, mutants, scripts
from tests.services.shared import MARK

_ALL = mutants()
_TEXT = re.compile(r"'[^']*'")
_CONDITION = re.compile(r"\b(if|elseif|while|until)\b")


class Stage:
    """Plays sentences on a ledger with some of its scripts changed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.plays_on_the_real_scripts = cache(lambda name: self._play(name, {}))

    def fails(self, name: str, changed: Mapping[str, str]) -> bool:
        """Whether the sentence fails, or leaves a ledger that is not sound."""
        try:
            self._play(name, changed)
        except pytest.fail.Exception as told:
            if str(told).startswith("Timeout"):  # It tells nothing in time: name another sentence.
                raise
            return True
        except Exception:  # noqa: BLE001 - whatever it is, the sentence has told the mutant from the script
            return True
        return False

    def _play(self, name: str, changed: Mapping[str, str]) -> None:
        module, _, function = name.partition(".py::")
        sentence = getattr(import_module(f"tests.integration.ledger.{module}"), function)
        with ExitStack() as stack:
            server = stack.enter_context(redis.Redis.from_url(self._url))
            server.flushdb()
            server.set(MARK, 1)
            clock = Clock(server)

            def keeping(**settings: Any) -> Harness:
                ledger = Ledger.open(self._url, Settings(**settings), replaced={"clock": LUA, **changed})
                stack.callback(ledger.close)
                return Harness(ledger, clock)

            harness = keeping()
            known = {
                "harness": harness,
                "ledger": harness.ledger,
                "relay": harness.relay,
                "worker": harness.worker,
                "other": harness.other,
                "clock": clock,
                "keeping": keeping,
            }
            sentence(**{name: known[name] for name in inspect.signature(sentence).parameters})
            doctor = stack.enter_context(closing(Ledger.open(self._url)))
            assert problems(doctor.connection) == []


@pytest.fixture(scope="module")
def stage(redis_url: str) -> Stage:
    """Where sentences are played."""
    return Stage(redis_url)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("mutant", [mutant for mutant in _ALL if mutant.killer], ids=str)
def test_a_mutant_is_killed(mutant: Mutant, stage: Stage) -> None:
    # Given a sentence that holds
    stage.plays_on_the_real_scripts(mutant.killer)

    # When it is played with the change, then it does not
    assert stage.fails(mutant.killer, {mutant.script: mutant.text()})


@pytest.mark.parametrize("mutant", [mutant for mutant in _ALL if mutant.equal], ids=str)
def test_a_mutant_that_is_said_to_be_equal_is_of_this_script(mutant: Mutant) -> None:
    assert mutant.text()


@pytest.mark.parametrize("script", sorted(scripts()))
def test_every_condition_has_a_mutant(script: str) -> None:
    # Given
    text = scripts()[script]
    changed = [
        range(at, at + len(old))
        for old in ("\n".join(mutant.old) for mutant in _ALL if mutant.script == script)
        for at in (text.index(old),)
    ]

    # When
    at, untouched = 0, []
    for line in text.splitlines(keepends=True):
        code = _TEXT.sub(lambda text: "x" * len(text[0]), line.partition("--")[0])
        here = range(at, at + len(code))
        if _CONDITION.search(code) and not any(r.start < here.stop and here.start < r.stop for r in changed):
            untouched.append(line.strip())
        at += len(line)

    # Then
    assert untouched == []
