"""What goes wrong between the ledger and those who use it: lost answers, failing scripts, an older copy."""

from contextlib import suppress
from copy import deepcopy

import redis

from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Finish, Outcome, RetryAnswer
from tests.integration.ledger.actions import IDS, WINDOW, Actions
from tests.integration.ledger.actors import ERROR
from tests.integration.ledger.model import Life, Model


class Mishaps(Actions):
    """All actions, and these."""

    copy: tuple[dict[bytes, bytes], Model] | None = None
    told: tuple[str, str, Life] | None = None

    def claim_unheard(self, n: int, m: int, flag: bool) -> None:
        """A relay claims, does not hear the answer and claims again: nobody knows of the first lease."""
        self.ledger.outbox.claim("q", 1 + m % 4, WINDOW)
        self.claim(n, m, flag=False)

    def stumble(self, n: int, m: int, flag: bool) -> None:
        """A script fails in the middle of a commit, and its parts are sent again one by one."""
        runs = [
            (simulated, token)
            for simulated, token in self._runs()
            if not (copy := simulated.running[token]).chunk
            and self.model.lives.get(copy.id, Life()).holder == token  # of another's no argument is looked at
        ][:3]
        if not runs:
            return
        outcome = Outcome.FAILURE if flag else Outcome.SUCCESS
        value = ERROR if flag else b'"stumbled"'
        broken = n % len(runs)
        ends = [
            Finish(simulated.running[token].id, token, outcome, value, "no number" if i == broken else 10)  # type: ignore[arg-type]
            for i, (simulated, token) in enumerate(runs)
        ]
        with suppress(
            redis.ResponseError
        ):  # What the ledger no longer holds so is refused before it is read.
            self.ledger.runs.finish(ends)
        for i, (simulated, token) in enumerate(runs):
            if i != broken:
                copy = simulated.running.pop(token)
                (answer,) = self.ledger.runs.finish([ends[i]])
                self.model.finished(copy.id, token, str(outcome), value, answer)

    def copy_the_ledger(self, n: int, m: int, flag: bool) -> None:
        """Somebody makes a backup, or a disk has what the ledger will come back with."""
        server = self.ledger.connection.redis
        keys = server.keys(f"{PREFIX}:*")
        self.copy = dict(zip(keys, (server.dump(key) for key in keys), strict=True)), deepcopy(self.model)

    def roll_back(self, n: int, m: int, flag: bool) -> None:
        """The ledger comes back without its latest moments, under living workers, relays and broker."""
        if self.copy is None:
            return
        server, (values, model) = self.ledger.connection.redis, self.copy
        for key in server.keys(f"{PREFIX}:*"):
            server.delete(key)
        for key, value in values.items():
            server.restore(key, 0, value)
        self.clock.jump(0)  # a server's clock does not come back from a copy
        self.model = deepcopy(model)
        for simulated in self.simulated_workers:  # what it runs, the ledger may have as anybody's
            simulated.frail |= simulated.running.keys()

    def retry_once(self, n: int, m: int, flag: bool) -> None:
        """Somebody retries a task, and is not sure that it was heard."""
        id, entropy = IDS[n % len(IDS)], f"retry{self.tokens}.{n}.{m}."
        self.tokens += 1
        (answer,) = self.ledger.connection.run("retry", entropy, "ann", id)
        self.model.retried(id, RetryAnswer(answer))
        if answer == RetryAnswer.PENDING:
            self.told = entropy, id, self.model.lives[id]

    def retry_again(self, n: int, m: int, flag: bool) -> None:
        """And says the same again, whatever has become of the task since: nothing comes of it."""
        if self.told is not None and self.model.lives.get(self.told[1]) is self.told[2]:
            entropy, id, _ = self.told
            (answer,) = self.ledger.connection.run("retry", entropy, "ann", id)
            assert RetryAnswer(answer) in (RetryAnswer.PENDING, RetryAnswer.NOT_FAILED)
