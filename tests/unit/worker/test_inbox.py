"""Acknowledging: the oldest in one frame, nothing twice, nothing on a connection that is gone."""

from tests.unit.worker.harness import Harness


def test_neighbours_are_acknowledged_in_one_frame() -> None:
    # Given
    harness = Harness()
    copies = [harness.deliver() for _ in range(8)]

    # When
    for copy in copies[2::-1]:
        harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge()

    # Then
    assert harness.channel.acked == [(3, True)]


def test_a_few_wait_for_their_elders_and_not_for_ever() -> None:
    # Given
    harness = Harness()
    copies = [harness.deliver() for _ in range(20)]

    # When
    for copy in copies[3:6]:
        harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge()

    # Then
    assert harness.channel.acked == []
    harness.inbox.acknowledge(all_of_them=True)
    assert sorted(harness.channel.acked) == [(4, False), (5, False), (6, False)]
    for copy in copies[:3] + copies[6:8]:
        harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge()
    assert harness.channel.acked[3:] == [(8, True)]


def test_many_do_not_wait_for_a_slow_elder() -> None:
    # Given
    harness = Harness()
    copies = [harness.deliver() for _ in range(20)]

    # When
    for copy in copies[10:15]:
        harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge()

    # Then
    assert sorted(tag for tag, _ in harness.channel.acked) == [11, 12, 13, 14, 15]


def test_virtual_transports_are_told_of_each_delivery() -> None:
    # Given
    harness = Harness()
    harness.inbox._drain = None
    copies = [harness.deliver() for _ in range(3)]

    # When
    for copy in copies:
        harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge()

    # Then
    assert sorted(harness.channel.acked) == [(1, False), (2, False), (3, False)]


def test_what_is_given_back_is_not_acknowledged() -> None:
    # Given
    harness = Harness()
    copies = [harness.deliver() for _ in range(4)]

    # When
    harness.inbox.give_back(copies[1:3])
    harness.inbox.settle(copies[0].tag)
    harness.inbox.settle(copies[3].tag)
    harness.inbox.acknowledge()

    # Then
    assert sorted(harness.channel.rejected) == [2, 3]
    assert harness.channel.acked == [(4, True)]
    assert list(harness.inbox.pending) == [copies[0], copies[3]]


def test_nothing_is_said_on_a_connection_that_is_gone() -> None:
    # Given
    harness = Harness()
    copy = harness.deliver()

    # When
    harness.inbox.close()
    harness.inbox.settle(copy.tag)
    harness.inbox.acknowledge(all_of_them=True)
    harness.inbox.give_back([copy])

    # Then
    assert (harness.channel.acked, harness.channel.rejected, harness.inbox.held()) == ([], [], {})
