"""Faults are told by what they are and where: a long run does each of them several times."""

from longshore_loadtest.report.figures import Spell
from longshore_loadtest.report.kinds import kinds
from longshore_loadtest.report.markdown import markdown
from longshore_loadtest.report.page import page
from tests.loadtest.reporting import kept


def _spell(number: int, target: str = "worker", **told: float | None) -> Spell:
    return Spell(number=number, name="kill", target=target, begun=number * 100.0, **told)  # type: ignore[arg-type]


def test_the_worst_of_each_kind_is_told_and_how_often_it_was_done() -> None:
    # When
    first, second = kinds(
        [
            _spell(1, healed=110.0, pause=3.0, flowed=0.5, kept=0.9),
            _spell(2, "api", healed=201.0, flowed=0.1),
            _spell(3, healed=302.0, pause=1.0, flowed=0.25, kept=1.0),
            _spell(4, healed=404.0, pause=2.0, flowed=4.0, kept=0.4),
        ]
    )[::-1]

    # Then
    assert (first.name, first.target, first.times) == ("kill", "worker", 3)
    assert (first.healed, first.pause, first.flowed, first.flowed_usually) == (10.0, 3.0, 4.0, 0.5)
    assert first.kept == 0.4
    assert (second.target, second.times, second.pause, second.kept) == ("api", 1, None, None)


def test_what_did_not_heal_or_flow_again_is_counted() -> None:
    # When
    (found,) = kinds([_spell(1, healed=110.0), _spell(2), _spell(3, healed=310.0, flowed=1.0)])

    # Then
    assert (found.times, found.unhealed, found.stopped) == (3, 1, 1)


def test_what_was_skipped_is_no_kind() -> None:
    assert kinds([Spell(number=1, name="kill", target="node", begun=1.0, skipped=True)]) == []


def test_the_page_and_the_text_have_them_before_each_single_one() -> None:
    for text in (page(kept()), markdown(kept())):
        assert 0 < text.index("By fault") < text.index("Rate kept") < text.index("One by one")
    assert "| worker killed | worker-1 | 1 | 2 s |" in markdown(kept())
