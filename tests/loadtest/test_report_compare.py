"""Two runs beside one another: what differs is told from noise, and what is not known is said to be so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore_loadtest.report import Report, compare, from_json, summarise, write_comparison
from longshore_loadtest.report.both import comparison_markdown, comparison_page
from longshore_loadtest.report.compare import difference
from longshore_loadtest.report.figures import Measure, Memory, to_json
from longshore_loadtest.verify import verify
from tests.loadtest.story import Break, steady, story
from tests.loadtest.telling import history_of


def reported(rate: float = 20.0, settings: dict[str, Any] | None = None, **told: Any) -> Report:
    history = history_of(story(30, steady(rate), **told), **(settings or {}))
    return summarise(history, verify(history))


def measure(value: float, noise: float | None = 1.0, **more: Any) -> Measure:
    return Measure(
        key="k", what="end to end", unit="s", value=value, **({"better": "less", "noise": noise} | more)
    )


@pytest.fixture(scope="module")
def earlier() -> Report:
    return reported(settings={"users": 20, "run": "a"})


@pytest.fixture(scope="module")
def slower() -> Report:
    """The same load before workers that stop for a while."""
    return reported(
        settings={"users": 20, "run": "b"}, capacity=21, breaks=[Break("worker killed", "w", 3, 9)], lost=1
    )


def test_a_run_is_the_same_as_itself(earlier: Report) -> None:
    # When
    comparison = compare(earlier, earlier)

    # Then
    assert {one.says for one in comparison.differences} == {"the same"}
    assert comparison.unlike == []
    assert comparison.says[0] == "Neither run broke a promise."


def test_another_seed_makes_noise_and_hardly_a_difference(earlier: Report) -> None:
    # When
    runs = [reported(settings={"users": 20, "run": "b"}, seed=seed) for seed in range(2, 7)]
    found = [one for run in runs for one in compare(earlier, run).differences]

    # Then
    same = [one for one in found if one.way == "same"]
    assert len(found) > 50
    assert len(same) >= 0.95 * len(found)
    assert any("within the noise of ±" in one.says for one in same)


def test_what_is_worse_is_said_to_be(earlier: Report, slower: Report) -> None:
    # When
    comparison = compare(earlier, slower)

    # Then
    ways = {one.what: one.way for one in comparison.differences}
    assert ways["end to end, half within"] == "worse"
    assert ways["submission, half within"] == "same"
    assert comparison.says[0] == "The later run broke promises, the earlier one did not."
    assert any(said.startswith("Worse, by more than the noise: ") for said in comparison.says)
    assert comparison.unlike == ["faults: 0 and 1, not the same ones in the same order"]


def test_what_was_worse_is_better_the_other_way_round(earlier: Report, slower: Report) -> None:
    ways = {one.what: one.way for one in compare(slower, earlier).differences}
    assert ways["end to end, half within"] == "better"


def test_an_earlier_run_is_read_from_its_json(earlier: Report, slower: Report) -> None:
    assert compare(from_json(to_json(earlier)), slower) == compare(earlier, slower)


@given(st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 100), st.floats(0, 100))
def test_only_what_is_beyond_the_noise_of_both_differs(
    before: float, after: float, noise: float, other: float
) -> None:
    # When
    found = difference(measure(before, noise), measure(after, other))

    # Then
    beyond = abs(after - before) > (noise**2 + other**2) ** 0.5
    assert found.way == (("worse" if after > before else "better") if beyond else "same")


@pytest.mark.parametrize(
    ("before", "after", "way", "said"),
    [
        (measure(10), measure(15), "worse", "50 % more: worse, beyond the noise of ± 1.41 s"),
        (measure(10), measure(11), "same", "10 % more: within the noise of ± 1.41 s"),
        (measure(10, None), measure(5), "unknown", "50 % less; too few slices to know the noise"),
        (measure(0), measure(5), "worse", "5 s more: worse, beyond the noise of ± 1.41 s"),
        (measure(10), measure(5), "better", "50 % less: better, beyond the noise of ± 1.41 s"),
    ],
)
def test_differences_are_said_in_words(before: Measure, after: Measure, way: str, said: str) -> None:
    found = difference(before, after)
    assert (found.way, found.says) == (way, said)


def test_of_a_rate_more_is_better() -> None:
    assert difference(measure(10, better="more"), measure(15, better="more")).way == "better"


def test_memory_is_compared_by_what_it_gains_and_only_where_that_is_known(earlier: Report) -> None:
    # Given
    def held(seconds: float, gain: float) -> Report:
        one = Memory(component="worker", first=3e8, last=3e8, most=3e8, seconds=seconds, gain=gain, error=2e6)
        return msgspec.structs.replace(earlier, memory=[one])

    def about_memory(before: Report, after: Report) -> list[str]:
        return [one.says for one in compare(before, after).differences if one.what.startswith("memory")]

    # Then
    assert about_memory(held(3600, 1e6), held(3600, 21e6)) == [
        "20 MB/h more: worse, beyond the noise of ± 4.24 MB/h"
    ]
    assert about_memory(held(60, 1e6), held(60, 21e6)) == []


def test_what_was_not_alike_from_the_start_is_named(earlier: Report) -> None:
    # Given
    other = msgspec.structs.replace(
        earlier,
        seed=2,
        environment={"python": "3.12"},
        settings={"users": 40, "run": "b", "folder": "elsewhere"},
    )

    # When
    comparison = compare(earlier, other)

    # Then
    assert comparison.unlike == ["seed: 0, then 2", "python: nothing, then 3.12", "users: 20, then 40"]
    assert "The runs were not made alike (below): what differs may come from that." in comparison.says


@pytest.mark.parametrize("told", [comparison_page, comparison_markdown])
def test_page_and_text_show_both(earlier: Report, slower: Report, told: Callable[..., str]) -> None:
    # Given
    comparison = compare(earlier, slower)

    # When
    text = told(comparison).replace("\N{NO-BREAK SPACE}", " ")

    # Then
    assert all(said in text for said in (*comparison.says, *comparison.unlike))
    assert all(one.says in text for one in comparison.differences)
    assert slower.verdict.headline in text
    assert earlier.verdict.headline in text


def test_runs_of_different_length_share_one_axis(earlier: Report) -> None:
    # Given
    history = history_of(story(90, steady(20)))
    long = summarise(history, verify(history))

    # When
    html = comparison_page(compare(earlier, long))

    # Then
    assert html.count('class="was"') > 0
    assert ">1:30<" in html


def test_a_comparison_is_written_in_three_forms(earlier: Report, slower: Report, tmp_path: Path) -> None:
    # When
    path = write_comparison(compare(earlier, slower), tmp_path)

    # Then
    assert path.name == "comparison.html"
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".html", ".json", ".md"]
