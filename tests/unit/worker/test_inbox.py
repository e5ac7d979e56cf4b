"""Acknowledging: the oldest in one frame, nothing twice, nothing on a connection that is gone."""

from tests.unit.worker.room import Room


def test_neighbours_are_acknowledged_in_one_frame() -> None:
    # Given
    room = Room()
    copies = [room.deliver() for _ in range(8)]

    # When
    for copy in copies[2::-1]:
        room.inbox.settle(copy.tag)
    room.inbox.acknowledge()

    # Then
    assert room.channel.acked == [(3, True)]


def test_a_few_wait_for_their_elders_and_not_for_ever() -> None:
    # Given
    room = Room()
    copies = [room.deliver() for _ in range(20)]

    # When
    for copy in copies[3:6]:
        room.inbox.settle(copy.tag)
    room.inbox.acknowledge()

    # Then
    assert room.channel.acked == []
    room.inbox.acknowledge(all_of_them=True)
    assert sorted(room.channel.acked) == [(4, False), (5, False), (6, False)]
    for copy in copies[:3] + copies[6:8]:
        room.inbox.settle(copy.tag)
    room.inbox.acknowledge()
    assert room.channel.acked[3:] == [(8, True)]


def test_many_do_not_wait_for_a_slow_elder() -> None:
    # Given
    room = Room()
    copies = [room.deliver() for _ in range(20)]

    # When
    for copy in copies[10:15]:
        room.inbox.settle(copy.tag)
    room.inbox.acknowledge()

    # Then
    assert sorted(tag for tag, _ in room.channel.acked) == [11, 12, 13, 14, 15]


def test_virtual_transports_are_told_of_each_delivery() -> None:
    # Given
    room = Room()
    room.inbox._drain = None
    copies = [room.deliver() for _ in range(3)]

    # When
    for copy in copies:
        room.inbox.settle(copy.tag)
    room.inbox.acknowledge()

    # Then
    assert sorted(room.channel.acked) == [(1, False), (2, False), (3, False)]


def test_what_is_given_back_is_not_acknowledged() -> None:
    # Given
    room = Room()
    copies = [room.deliver() for _ in range(4)]

    # When
    room.inbox.give_back(copies[1:3])
    room.inbox.settle(copies[0].tag)
    room.inbox.settle(copies[3].tag)
    room.inbox.acknowledge()

    # Then
    assert sorted(room.channel.rejected) == [2, 3]
    assert room.channel.acked == [(4, True)]
    assert list(room.inbox.pending) == [copies[0], copies[3]]


def test_nothing_is_said_on_a_connection_that_is_gone() -> None:
    # Given
    room = Room()
    copy = room.deliver()

    # When
    room.inbox.close()
    room.inbox.settle(copy.tag)
    room.inbox.acknowledge(all_of_them=True)
    room.inbox.give_back([copy])

    # Then
    assert (room.channel.acked, room.channel.rejected, room.inbox.held()) == ([], [], {})
