"""The books of a channel in confirm mode."""

from longshore_broker import Ref, Settled
from longshore_broker.unsettled import Unsettled


def _published(count: int) -> tuple[Unsettled, list[Ref]]:
    unsettled = Unsettled()
    refs = [Ref("queue", f"id-{n}", f"run-{n}") for n in range(count)]
    for ref in refs:
        unsettled.published(ref)
    return unsettled, refs


def test_tags_count_from_one() -> None:
    # Given three messages
    unsettled, refs = _published(3)

    # When the second is confirmed and the third refused
    unsettled.acked(2)
    unsettled.nacked(3)

    # Then the first still waits
    assert unsettled.take() == Settled([refs[1]], [refs[2]])
    assert len(unsettled) == 1
    assert unsettled.abandon() == [refs[0]]
    assert len(unsettled) == 0


def test_one_ack_may_confirm_many() -> None:
    # Given ten messages of which one was confirmed already
    unsettled, refs = _published(10)
    unsettled.acked(4)

    # When all up to the seventh are confirmed and all up to the ninth refused
    unsettled.acked(7, True)
    unsettled.nacked(9, True)

    # Then each has one outcome, and the last has none
    news = unsettled.take()
    assert news.confirmed == [refs[3], *refs[:3], *refs[4:7]]
    assert news.refused == refs[7:9]
    assert unsettled.abandon() == refs[9:]


def test_a_returned_message_is_refused_when_it_is_confirmed() -> None:
    # Given three messages of which the second was returned
    unsettled, refs = _published(3)
    unsettled.returned("id-1", "run-1")
    assert not unsettled.has_news

    # When all are confirmed
    unsettled.acked(3, True)

    # Then that one counts as refused
    assert unsettled.has_news
    assert unsettled.take() == Settled([refs[0], refs[2]], [refs[1]])
    assert not unsettled.has_news


def test_a_message_published_again_after_its_return_may_be_confirmed() -> None:
    # Given a message that was returned once
    unsettled, [ref] = _published(1)
    unsettled.returned(ref.id, ref.run)
    unsettled.acked(1)

    # When it is published again and arrives
    unsettled.published(ref)
    unsettled.acked(2)

    # Then it has both outcomes, one after the other
    assert unsettled.take() == Settled([ref], [ref])


def test_an_answer_to_nothing_is_no_news() -> None:
    # Given a confirmed message
    unsettled, _ = _published(1)
    unsettled.acked(1)
    unsettled.take()

    # When its tag comes again
    unsettled.acked(1)
    unsettled.nacked(1)
    unsettled.acked(1, True)

    # Then nothing happens
    assert not unsettled.has_news
