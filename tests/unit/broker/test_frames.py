"""Our frames are byte for byte those of py-amqp, which is the reference here."""

from types import SimpleNamespace

from amqp.basic_message import Message as ReferenceMessage
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from amqp.spec import Basic
from hypothesis import given
from hypothesis import strategies as st

from longshore_broker.frames import PublishFrames
from longshore_broker.message import Message

FRAME_MAX = 4096

headers = st.dictionaries(
    st.text(max_size=20),
    st.text(max_size=50)
    | st.integers(-(2**31) + 1, 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    max_size=6,
)


def _reference(queue: str, message: Message) -> bytes:
    written = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=written.extend))
    content = ReferenceMessage(
        message.body,
        content_type="application/json",
        content_encoding="utf-8",
        application_headers=message.headers,
        delivery_mode=2,
        priority=message.priority,
        correlation_id=message.id,
    )
    write(1, 7, Basic.Publish, dumps("Bssbb", (0, "", queue, True, False)), content)
    return bytes(written)


@given(
    queue=st.text(min_size=1, max_size=60),
    id=st.text(min_size=1, max_size=60),
    priority=st.integers(0, 9),
    headers=headers,
    size=st.sampled_from([1, 100, FRAME_MAX - 8, FRAME_MAX - 7, 3 * FRAME_MAX]),
)
def test_a_publish_is_encoded_as_the_reference_does(
    queue: str, id: str, priority: int, headers: dict[str, str | int | float], size: int
) -> None:
    # Given any message, small or larger than a frame
    message = Message(id, "run", priority, headers, b"x" * size)
    frames = PublishFrames(channel=7, frame_max=FRAME_MAX)

    # When it is encoded, twice since the first time fills a cache
    first, second = frames.encode(queue, message), frames.encode(queue, message)

    # Then it is what py-amqp would write
    assert first == second == _reference(queue, message)
