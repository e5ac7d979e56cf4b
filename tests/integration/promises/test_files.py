"""A file goes in, a file comes out."""

import random

import httpx
import pytest

from tests.faults.system import System
from tests.services.waiting import Eventually

LINES = 100_000
BAD = ("1 2 3", "1", "two 3", "1e400 1", "nan 1")
"""What is no call of `add`."""


@pytest.mark.slow
def test_a_file_of_100000_lines_comes_back_in_order_with_its_20_bad_lines_reported_by_number(
    system: System, eventually: Eventually
) -> None:
    # Given a file of two numbers a line, 20 of which are something else
    chosen = random.Random(7)
    lines = [f"{number} {chosen.randrange(1000)}" for number in range(LINES)]
    expected = [str(sum(map(int, line.split()))) for line in lines]
    wrong = sorted(chosen.sample(range(LINES), 20))
    for place in wrong:
        lines[place] = chosen.choice(BAD)
    system.start(workers=0)
    system.add_worker(queues="add")
    system.wait_until_up()
    eventually(lambda: '"add"' in system.get("/v1/catalogue").text, within=30)

    # When it is uploaded
    answer = httpx.post(
        f"{system.url}/v1/batches",
        data={"task": "add"},
        files={"file": ("numbers.txt", "\n".join(lines).encode())},
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 202, answer.text
    batch = answer.headers["Location"]
    eventually(lambda: system.get(batch).json()["state"] == "DONE", within=90, every=0.2)

    # Then a line comes out for each line that went in, in the same order, the bad ones with their numbers
    output = system.get(f"{batch}/output").text.splitlines()
    assert len(output) == LINES
    errors = {place: line for place, line in enumerate(output) if line.startswith("error: ")}
    assert sorted(errors) == wrong
    assert all(line.startswith(f"error: line {place + 1}: ") for place, line in errors.items())
    assert [line for place, line in enumerate(output) if place not in errors] == [
        line for place, line in enumerate(expected) if place not in errors
    ]
    assert system.get(f"{batch}/errors").text.splitlines() == [errors[place] for place in wrong]
    counts = system.get(batch).json()
    assert (counts["total"], counts["done"], counts["failed"]) == (LINES, LINES, 20)
