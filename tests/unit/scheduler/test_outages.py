"""One line when something goes away, one when it is back."""

from structlog.testing import capture_logs

from longshore_scheduler.outages import Outages


def test_many_loops_make_one_line() -> None:
    # Given two loops that miss the broker, again and again
    outages = Outages()
    with capture_logs() as lines:
        for _ in range(3):
            outages.began("broker", "relay", "refused")
            outages.began("broker", "watch", "timed out")

        # When one of them has it back, then the other
        outages.ended("broker", "watch")
        assert [line["event"] for line in lines] == ["away"]
        outages.ended("broker", "relay")
        outages.ended("broker", "relay")

    # Then there are two lines: what and why, and for how long
    assert [(line["event"], line["what"]) for line in lines] == [("away", "broker"), ("back", "broker")]
    assert lines[0]["reason"] == "refused"
    assert lines[1]["away_seconds"] >= 0


def test_what_was_never_away_is_not_back() -> None:
    # Given nothing missed
    with capture_logs() as lines:
        # When a loop says that it has what it needs
        Outages().ended("ledger", "relay")

    # Then nobody reads about it
    assert lines == []


def test_ledger_and_broker_go_away_apart() -> None:
    # Given both away
    outages = Outages()
    with capture_logs() as lines:
        outages.began("ledger", "relay", "refused")
        outages.began("broker", "relay", "refused")

        # When one is back
        outages.ended("ledger", "relay")

    # Then only that is said
    assert [(line["event"], line["what"]) for line in lines] == [
        ("away", "ledger"),
        ("away", "broker"),
        ("back", "ledger"),
    ]
