"""What every publisher promises, whichever broker is at the other end."""

import json
import select

import pytest

from longshore.errors import BrokerUnavailable
from longshore_broker import NO_QUEUE, Depth, Publisher, open_publisher
from tests.contract.broker.copies import message, ref, settle
from tests.contract.broker.reading import Reader
from tests.services.ports import free_port
from tests.services.waiting import Eventually


def test_it_says_what_answered(either_broker_url: str) -> None:
    # Given a publisher that is not connected
    publisher = open_publisher(either_broker_url)

    # When it connects
    server = publisher.connect()

    # Then it knows whom to
    assert (server.product, server.queue_type) in {
        ("RabbitMQ", "classic"),
        ("RabbitMQ", "quorum"),
        ("Valkey", "list"),
    }
    assert server.version.split(".")[0].isdigit()
    publisher.close()


def test_a_published_message_is_confirmed_once(publisher: Publisher, queue: str) -> None:
    # Given a declared queue
    publisher.declare(queue)

    # When a message is published
    publisher.publish(queue, message())
    assert publisher.unsettled == 1

    # Then it is confirmed, and never again
    assert settle(publisher, 1) == ([ref(queue)], [])
    assert publisher.unsettled == 0
    assert publisher.settle(0.2).confirmed == []


def test_many_messages_are_under_way_at_once(publisher: Publisher, queue: str) -> None:
    # Given two queues
    queues = [queue, f"{queue}.other"]
    for name in queues:
        publisher.declare(name)

    # When a thousand messages are published without waiting for any of them
    refs = [ref(queues[n % 2], f"task-{n}") for n in range(1000)]
    for each in refs:
        publisher.publish(each.queue, message(each.id))

    # Then each is confirmed once and the queues hold them
    confirmed, refused = settle(publisher, 1000)
    assert (sorted(confirmed), refused) == (sorted(refs), [])
    assert [publisher.depth(name).ready for name in queues] == [500, 500]


def test_a_worker_reads_what_was_published(publisher: Publisher, reader: Reader, queue: str) -> None:
    # Given a message with everything a header may hold
    publisher.declare(queue)
    sent = message("größe-✓", body='[["ä"],{"b":1.5},{}]'.encode())
    sent.headers.update(timeout=2.5, chunk=1)

    # When it is published and read
    publisher.publish(queue, sent)
    settle(publisher, 1)
    [read] = reader.read(queue, 1)

    # Then nothing about it has changed
    assert read.headers == sent.headers
    assert read.properties["correlation_id"] == sent.id
    assert read.properties["delivery_mode"] == 2
    assert (read.content_type, read.content_encoding) == ("application/json", "utf-8")
    assert read.payload == json.loads(sent.body)


def test_a_message_larger_than_a_frame_arrives_whole(
    publisher: Publisher, reader: Reader, queue: str
) -> None:
    # Given arguments of a quarter of a megabyte and small ones on either side
    publisher.declare(queue)
    large = b'[["' + b"x" * 262_144 + b'"],{},{}]'

    # When they are published together
    for id, body in (("before", b"[[],{},{}]"), ("large", large), ("after", b"[[],{},{}]")):
        publisher.publish(queue, message(id, body=body))
    settle(publisher, 3)

    # Then each is read as it was sent
    read = reader.read(queue, 3)
    assert [one.headers["id"] for one in read] == ["before", "large", "after"]
    assert read[1].payload == json.loads(large)


def test_urgent_messages_are_read_first_and_equal_ones_in_order(
    publisher: Publisher, reader: Reader, queue: str
) -> None:
    # Given messages of mixed priorities
    publisher.declare(queue)
    for n, priority in enumerate([4, 0, 9, 4, 9, 0]):
        publisher.publish(queue, message(f"{priority}-{n}", priority=priority))
    settle(publisher, 6)

    # When they are read one at a time
    read = [one.headers["id"] for one in reader.read(queue, 6)]

    # Then 9 comes first and 0 last
    assert read == ["9-2", "9-4", "4-0", "4-3", "0-1", "0-5"]


def test_it_tells_how_deep_a_queue_is(publisher: Publisher, reader: Reader, queue: str) -> None:
    # Given a queue with two messages
    publisher.declare(queue)
    publisher.publish(queue, message("a"))
    publisher.publish(queue, message("b"))
    settle(publisher, 2)
    assert publisher.depth(queue) == Depth(2, 0)

    # When both are read
    reader.read(queue, 2)

    # Then it is empty, and so is one that never was
    assert publisher.depth(queue).ready == 0
    assert publisher.depth(f"{queue}.never") is NO_QUEUE


def test_declaring_again_changes_nothing(publisher: Publisher, queue: str) -> None:
    # Given a queue with a message
    publisher.declare(queue)
    publisher.publish(queue, message())
    settle(publisher, 1)

    # When it is declared again
    publisher.declare(queue)

    # Then the message is still there
    assert publisher.depth(queue).ready == 1


def test_the_marker_is_gone_exactly_when_the_broker_is_new(
    publisher: Publisher, either_broker_url: str
) -> None:
    # Given a broker that nobody has used
    assert not publisher.has_epoch()

    # When the marker is set, by two replicas
    publisher.set_epoch()
    publisher.set_epoch()

    # Then everybody sees it
    other = open_publisher(either_broker_url)
    other.connect()
    assert publisher.has_epoch()
    assert other.has_epoch()
    other.close()


def test_looking_does_not_disturb_publishing(publisher: Publisher, queue: str) -> None:
    # Given a message that is not settled
    publisher.declare(queue)
    publisher.publish(queue, message())

    # When the same publisher looks at queues that are there and that are not
    publisher.depth(f"{queue}.never")
    publisher.has_epoch()
    publisher.declare(f"{queue}.new")

    # Then the message is confirmed all the same
    assert settle(publisher, 1) == ([ref(queue)], [])


def test_closing_names_the_copies_whose_fate_is_unknown(publisher: Publisher, queue: str) -> None:
    # Given one message that is confirmed and one that is not
    publisher.declare(queue)
    publisher.publish(queue, message("known"))
    settle(publisher, 1)
    publisher.publish(queue, message("unknown"))

    # When the publisher is closed, twice
    lost, nothing = publisher.close(), publisher.close()

    # Then the one is named, once
    assert lost == [ref(queue, "unknown")]
    assert nothing == []
    assert publisher.unsettled == 0


def test_after_closing_it_connects_anew(publisher: Publisher, queue: str) -> None:
    # Given a publisher that was closed
    publisher.close()
    with pytest.raises(BrokerUnavailable):
        publisher.settle(0)

    # When it connects again
    publisher.connect()
    publisher.declare(queue)
    publisher.publish(queue, message())

    # Then it works as before
    assert settle(publisher, 1) == ([ref(queue)], [])


def test_nobody_at_the_other_end_is_no_broker(either_broker_url: str) -> None:
    # Given the address of a closed port
    scheme = either_broker_url.partition(":")[0]
    publisher = open_publisher(f"{scheme}://127.0.0.1:{free_port()}/")

    # When it connects
    with pytest.raises(BrokerUnavailable) as raised:
        publisher.connect()

    # Then it says why, and closing does no harm
    assert "refused" in raised.value.fields["reason"]
    assert publisher.close() == []


def test_one_may_wait_for_its_answers(publisher: Publisher, queue: str, eventually: Eventually) -> None:
    # Given a message that is sent and not settled
    publisher.declare(queue)
    publisher.publish(queue, message())
    settled = publisher.settle(0).confirmed
    fd = publisher.fileno()

    # When somebody waits on its descriptor
    while fd is not None and not settled:
        assert select.select([fd], [], [], 10)[0]
        settled = publisher.settle(0).confirmed

    # Then the answer is there as soon as it is readable; without a descriptor it was there at once
    assert settled == [ref(queue)]
    assert publisher.blocked is None


def test_redis_is_a_broker_as_well_as_valkey(redis_url: str) -> None:
    # Given a Redis
    publisher = open_publisher(redis_url)

    # When it is connected to
    server = publisher.connect()

    # Then that is what it is
    assert (server.product, server.queue_type) == ("Redis", "list")
    publisher.close()
