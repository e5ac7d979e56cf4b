"""The overview: what Longshore does now, live, without a reload."""

import re
from typing import Final

from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit
from tests.services.waiting import eventually

SETTINGS: Final = {
    "flower_url": "http://127.0.0.1:5555",
    "rabbitmq_ui_url": "http://127.0.0.1:15672/",
    "grafana_url": "http://127.0.0.1:3000/d/longshore",
}
PAINTED: Final = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""


def test_without_tasks_it_says_what_to_do(system: System, visit: Visit) -> None:
    # When
    page = visit("/")

    # Then
    expect(page.get_by_text("Nothing has run yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Submit a task")).to_be_visible()
    expect(page.locator("#link-state")).to_have_text("Live")


def test_its_numbers_follow_what_happens_without_a_reload(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")
    page.evaluate("window.mark = 'as it was loaded'")

    # When
    system.client.submit_many([{"task": "add", "args": [n, 1]} for n in range(40)])
    system.client.submit_many([{"task": "fail", "args": ["no"]} for _ in range(3)])

    # Then
    expect(page.locator("[data-live='states/SUCCESS']")).to_have_text("40")
    expect(page.locator("[data-live='states/FAILURE']")).to_have_text("3")
    expect(page.get_by_text("Nothing has run yet.")).to_be_hidden()
    expect(page.locator("#queues").get_by_role("row").filter(has_text="add")).to_be_visible()
    assert page.evaluate("window.mark") == "as it was loaded"


def test_it_shows_throughput_and_how_long_tasks_wait_and_run(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")

    # When
    system.client.submit_many([{"task": "add", "args": [n, 1]} for n in range(20)])

    # Then
    row = page.get_by_role("row").filter(has_text="Half within")
    expect(row.locator("td").nth(0)).to_have_text(re.compile(r"^[\d.]+ (ms|s)$"))
    expect(row.locator("td").nth(1)).to_have_text(re.compile(r"^[\d.]+ (ms|s)$"))
    for canvas in ("#states", "#hour"):
        eventually(lambda at=canvas: page.locator(at).evaluate(PAINTED) > 500)  # type: ignore[misc]


def test_a_queue_that_nobody_serves_is_marked(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")

    # When
    system.client.submit("add", 1, 2, queue="forgotten")

    # Then
    row = page.locator("#queues").get_by_role("row").filter(has_text="forgotten")
    expect(row.locator("[data-live$='/waiting']")).to_have_text("1")
    expect(row.get_by_text("no worker")).to_be_visible()


def test_it_counts_the_workers_and_what_they_run(system: System, visit: Visit) -> None:
    # Given
    page = visit("/")
    expect(page.locator("[data-live='workers/alive']")).to_have_text("1")

    # When
    handle = system.client.submit("sleep", 30)

    # Then
    expect(page.locator("[data-live='workers/running']")).to_have_text("1")
    system.client.cancel(handle.id)
    expect(page.locator("[data-live='workers/running']")).to_have_text("0")


def test_it_leads_to_the_pages_of_what_it_rests_on(visit: Visit) -> None:
    # When
    page = visit("/")

    # Then
    elsewhere = page.get_by_role("navigation", name="Elsewhere")
    for name, key in (("Flower", "flower"), ("RabbitMQ", "rabbitmq_ui"), ("Grafana", "grafana")):
        expect(elsewhere.get_by_role("link", name=name)).to_have_attribute("href", SETTINGS[f"{key}_url"])


def test_a_tab_that_comes_to_the_front_again_is_up_to_date(system: System, visit: Visit) -> None:
    # Given: a tab that nobody looks at listens to nothing
    page = visit("/")
    expect(page.locator("#link-state")).to_have_text("Live")
    hide = "yes => { Object.defineProperty(document, 'hidden', { value: yes, configurable: true });"
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    before = int(page.locator("[data-live='states/SUCCESS']").inner_text().replace(",", ""))

    # When
    handle = system.client.submit("add", 3, 4)
    assert handle.result(timeout=60) == 7
    page.evaluate(hide, False)

    # Then
    expect(page.locator("[data-live='states/SUCCESS']")).to_have_text(f"{before + 1:,}")
