"""Whatever a right installation does, and whatever its clients know of it: the verdict holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from longshore_loadtest.history.record import Line, Record
from longshore_loadtest.marks.answers import answer
from longshore_loadtest.verify import verify
from tests.loadtest.installation import histories
from tests.loadtest.telling import changed, history_of, without


@settings(max_examples=150, deadline=None)
@given(histories())
def test_a_right_history_holds(lines: list[Line]) -> None:
    # When
    verdict = verify(history_of(lines))

    # Then
    assert [finding for finding in verdict.findings if finding.problems] == []
    assert verdict.acknowledged == verdict.ok + verdict.cancelled + verdict.failed


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_a_right_history_of_which_one_record_is_taken_away_or_changed_does_not_hold(
    lines: list[Line], data: st.DataObject
) -> None:
    # Given
    acknowledged = verify(history_of(lines)).findings
    assert acknowledged
    done = [line for line in lines if isinstance(line, Record) and line.state == "SUCCESS"]
    one = data.draw(st.sampled_from(done))
    damaged = data.draw(
        st.sampled_from(
            [
                without(lines, Record, id=one.id) if one.id == "r-z" else None,
                changed(lines, Record, one.id, result=answer("loadtest.mark", [1000])),
                changed(lines, Record, one.id, state="STARTED", result=None),
                changed(lines, Record, one.id, deliveries=0),
            ]
        ).filter(bool)
    )

    # Then
    assert damaged
    assert not verify(history_of(damaged)).holds
