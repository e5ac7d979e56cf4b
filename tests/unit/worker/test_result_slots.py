"""The memory that parent and child share."""

import os
import subprocess
import sys

from longshore_worker.execution.result_slots import MOST_ITEMS, SPACE, Kind, ResultSlots, slot_size


def test_what_the_child_writes_the_parent_reads() -> None:
    # Given
    slot = ResultSlots.create(2, 1000).slots[1]
    slot.give_to(7)

    # When
    assert slot.open(7)
    for index, value in enumerate([b"1", b"", b"x" * 1000]):
        assert slot.begin(index)
        slot.end(index, Kind.SUCCESS, value, 10 + index)

    # Then
    found = list(slot.read(slot.used))
    assert [(one.index, one.kind, len(one.value), one.runtime_us) for one in found] == [
        (0, Kind.SUCCESS, 1, 10),
        (1, Kind.SUCCESS, 0, 11),
        (2, Kind.SUCCESS, 1000, 12),
    ]
    assert (slot.begun, slot.pid, slot.running()) == (3, os.getpid(), None)
    assert list(slot.read(slot.used)) == []


_WRITES = """
import sys
from longshore_worker.execution.result_slots import ResultSlots, Kind, Place

slot = ResultSlots.at(Place(sys.argv[1], 1, 100)).slots[0]
slot.open(1)
slot.begin(0)
slot.end(0, Kind.FAILURE, b"no", 5)
slot.begin(1)
"""


def test_another_process_reads_and_writes_the_same_result_slots() -> None:
    # Given
    result_slots = ResultSlots.create(1, 100)
    slot = result_slots.slots[0]
    slot.give_to(1)

    # When
    child = subprocess.Popen([sys.executable, "-P", "-c", _WRITES, result_slots.place.path])
    assert child.wait(timeout=60) == 0

    # Then
    [ended] = slot.read(slot.used)
    assert (ended.kind, ended.value, slot.pid) == (Kind.FAILURE, b"no", child.pid)
    running = slot.running()
    assert running is not None
    assert running[0] == 1


def test_result_slots_are_found_by_their_path_where_they_are_not_inherited() -> None:
    # Given
    place = ResultSlots.create(1, 100).place

    # When
    descriptor = os.open(place.path, os.O_RDWR)

    # Then
    assert os.fstat(descriptor).st_size == place.slots * slot_size(place.result_limit)
    os.close(descriptor)


def test_an_old_job_finds_its_slot_taken() -> None:
    # Given
    slot = ResultSlots.create(1, 100).slots[0]

    # When
    slot.give_to(2)

    # Then
    assert not slot.open(1)


def test_what_is_taken_back_is_not_begun() -> None:
    # Given
    slot = ResultSlots.create(1, 100).slots[0]
    slot.give_to(1)
    slot.open(1)

    # When
    slot.skip(1)

    # Then
    assert [slot.begin(index) for index in range(3)] == [True, False, True]
    assert [(one.index, one.kind) for one in slot.read(slot.used)] == [(1, Kind.SKIPPED)]
    slot.skip_all()
    assert not any(slot.begin(index) for index in (3, MOST_ITEMS - 1, MOST_ITEMS + 400))


def test_an_item_hears_that_it_is_to_stop_and_its_neighbours_do_not() -> None:
    # Given
    slot = ResultSlots.create(1, 100).slots[0]
    slot.give_to(1)
    slot.open(1)
    slot.begin(0)

    # When
    slot.ask_to_stop(0)

    # Then
    assert slot.asked_to_stop()
    slot.end(0, Kind.STOPPED, b"", 1)
    slot.begin(1)
    assert not slot.asked_to_stop()


def test_a_full_slot_has_room_for_one_more_result() -> None:
    # Given
    slot = ResultSlots.create(1, 1000).slots[0]
    slot.give_to(1)
    slot.open(1)

    # When
    index = 0
    while not slot.full:
        slot.begin(index)
        slot.end(index, Kind.SUCCESS, b"x" * 1000, 1)
        index += 1

    # Then
    assert slot.used > SPACE
    assert sum(len(one.value) for one in slot.read(slot.used)) == index * 1000


def test_progress_is_of_the_item_that_runs() -> None:
    # Given
    slot = ResultSlots.create(1, 100).slots[0]
    slot.give_to(1)
    slot.open(1)
    slot.begin(0)

    # When
    slot.note(3, 10)

    # Then
    assert slot.progress == (3, 10)
    slot.note(-1, 1 << 70)
    assert slot.progress == (0, (1 << 64) - 1)
    slot.end(0, Kind.SUCCESS, b"", 1)
    slot.begin(1)
    assert slot.progress == (0, 0)
