"""Random histories: whatever happens, in whatever order, the promises hold at every step, and work ends.

LONGSHORE_TEST_HISTORIES=2000 walks that many instead of a handful.
"""

import os
from collections.abc import Iterator

import hypothesis.strategies as st
import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from longshore.settings import Settings
from longshore.states import TERMINAL, BatchState
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX, SCHEMA
from tests.integration.ledger.actions import BATCHES
from tests.integration.ledger.clock import LUA, Clock
from tests.integration.ledger.mishaps import Mishaps
from tests.integration.ledger.soundness import problems
from tests.services.shared import MARK

HISTORIES = int(os.environ.get("LONGSHORE_TEST_HISTORIES", "25"))
STEPS = 80
RETENTION = 60.0

OFTEN = ["submit", "upload", "work", "work", "work", "finish", "finish", "finish", "seconds_pass"]
SELDOM = [
    *(
        "close_late",
        "claim",
        "claim",
        "publish_claim",
        "publish_claim",
        "confirm_late",
        "give_back",
        "relays_die",
    ),
    *("double", "wipe_the_broker", "republish", "deliver_one", "deliver_one", "refuse", "say_it_again"),
    *("release_one", "kill", "part", "come_back", "forget", "leave", "cancel", "cancel_what_runs", "retry"),
    *("cancel_batch", "retry_failed", "pause", "jump", "retire"),
    *("claim_unheard", "stumble", "copy_the_ledger", "roll_back", "roll_back", "retry_once", "retry_again"),
]
numbers = st.integers(0, 9)


class Histories(RuleBasedStateMachine):
    """One rule draws all actions: of many rules Hypothesis would switch off half, and most of the work."""

    ledger: Ledger
    server: redis.Redis
    actions: Mishaps

    @initialize()
    def begin(self) -> None:
        self.server.flushdb()
        self.server.mset({MARK: 1, f"{PREFIX}:schema": SCHEMA})
        self.actions = Mishaps(self.ledger, Clock(self.server))

    @rule(action=st.sampled_from(OFTEN * 3 + SELDOM), n=numbers, m=numbers, flag=st.booleans())
    def happens(self, action: str, n: int, m: int, *, flag: bool) -> None:
        getattr(self.actions, action)(n, m, flag)

    @invariant()
    def the_promises_hold(self) -> None:
        actions, model = self.actions, self.actions.model
        for id, task in zip(model.lives, self.ledger.views.tasks(list(model.lives)), strict=True):
            assert task, f"{id} is lost"
            actions.see(task)
        for id in BATCHES:
            for line in self.ledger.batches.output(id):
                text = {"value": "=", "error": "!", "blank": "", "missing": "?"}[line.kind] + line.text
                if line.text.startswith("its worker died"):  # The ledger says so by itself.
                    model.lines.setdefault((id, line.number), text)
                if text == model.given_back.get((id, line.number)):  # Its correction was cancelled.
                    model.lines.setdefault((id, line.number), text)
                assert text == model.lines.get((id, line.number), "?not run")
        assert problems(self.ledger.connection) == []

    def teardown(self) -> None:
        if not hasattr(self, "actions"):
            return
        self.actions.heal()
        self.the_promises_hold()
        for id, task in zip(
            self.actions.model.lives, self.ledger.views.tasks(list(self.actions.model.lives)), strict=True
        ):
            assert task
            assert task.state in TERMINAL, f"{id} has not ended: {task}"
        for batch in self.ledger.batches.page().items:
            assert batch.state in (BatchState.DONE, BatchState.REVOKED)
        assert set(self.ledger.maintenance.outstanding().values()) <= {0}
        assert self.ledger.outbox.backlog() == {}


@pytest.fixture
def machine(ledger_url: str) -> Iterator[type[Histories]]:
    """The histories, on a ledger that keeps what ended for a minute."""
    Histories.server = redis.Redis.from_url(ledger_url)
    Histories.ledger = Ledger.open(ledger_url, Settings(retention_seconds=RETENTION), replaced={"clock": LUA})
    yield Histories
    Histories.ledger.close()
    Histories.server.close()


@pytest.mark.timeout(max(300, HISTORIES * 5))
def test_the_promises_hold_in_every_history(machine: type[Histories]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
