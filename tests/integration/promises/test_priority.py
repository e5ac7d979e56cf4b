"""What is urgent goes first, however long the queue is."""

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.shared import Rabbit
from tests.services.waiting import Eventually

WAITING = 5000


def test_the_most_urgent_task_is_among_the_next_to_run_though_5000_wait(
    system: System, marks: Marks, rabbitmq: Rabbit, vhost: str, eventually: Eventually
) -> None:
    # Given one slot, and 5,000 waiting tasks of the lowest priority that take 50 ms each
    management = rabbitmq.management
    assert management
    system.start(workers=1, concurrency=1)
    system.submit_many({f"low-{number}": [number, 50] for number in range(WAITING)}, priority=0)
    eventually(lambda: marks.ended() >= 50, within=30)

    # When one of the highest priority is submitted last
    assert system.submit("urgent-0", args=[0, 50], priority=9).status_code == 202
    begun = len(marks.beginnings())

    # Then it is among the next to run: those that the worker had fetched already, and two more
    eventually(lambda: marks.begun("urgent-0"), within=30)
    before = [mark.id for mark in marks.beginnings()].index("urgent-0") - begun
    (prefetch,) = eventually(lambda: management.prefetches(vhost), within=30)
    print(f"{before} tasks ran before it; the prefetch was {prefetch}")
    assert before < prefetch + 2
