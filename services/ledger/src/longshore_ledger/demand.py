"""Demand: how much work there is for workers now. What scales them asks every few seconds."""

from longshore.states import TO_BE_STARTED, State
from longshore_ledger.cells import queues_of, read_pairs
from longshore_ledger.connection import PREFIX, Connection


class Demand:
    """Counts, by queue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_queue(self) -> dict[str, int]:
        """Tasks that are due and wait, but for those of paused queues, and tasks that run.

        A constant number of commands for each kind of task in each queue, in two round trips.
        """
        return self._connection.guard(self._read)

    def _read(self) -> dict[str, int]:
        redis = self._connection.redis
        pairs = read_pairs(redis)
        queues = queues_of(pairs)
        pipeline = redis.pipeline(transaction=False)
        pipeline.hkeys(f"{PREFIX}:paused")
        for queue in queues:
            pipeline.zcard(f"{PREFIX}:ready:{queue}")
            pipeline.zcard(f"{PREFIX}:out:{queue}")
        for pair in pairs:
            for state in (State.STARTED, *TO_BE_STARTED):
                pipeline.zcard(f"{PREFIX}:c:{state}:{pair.name}")
        answers = iter(pipeline.execute())
        paused = {name.decode() for name in next(answers)}
        moving = {queue: next(answers) + next(answers) for queue in queues}
        running, waiting = dict.fromkeys(queues, 0), dict.fromkeys(queues, 0)
        for pair in pairs:
            running[pair.queue] += next(answers)
            waiting[pair.queue] += sum(next(answers) for _ in TO_BE_STARTED)
        # Cells count what is due later too; ready and outstanding ones, copies of what was cancelled too.
        return {
            queue: running[queue] + (0 if queue in paused else min(moving[queue], waiting[queue]))
            for queue in queues
        }
