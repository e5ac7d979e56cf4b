"""The list of batches, live."""

import re

from playwright.sync_api import expect

from tests.browser.system import System
from tests.browser.visiting import Visit


def test_without_batches_it_says_what_to_do(system: System, visit: Visit) -> None:
    # When
    page = visit("/batches")

    # Then
    expect(page.get_by_text("No file has been uploaded yet.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Upload a file").first).to_be_visible()


def test_batches_appear_and_move_on_without_a_reload(system: System, visit: Visit) -> None:
    # Given
    page = visit("/batches")
    expect(page.locator("#link-state")).to_have_text("Live")
    file = system.gate.with_name("cargo.txt")
    file.write_text("".join(f"{n} 1 0.2\n" for n in range(60)) + "no sum\n")

    # When
    handle = system.client.upload(file, "slow_add")

    # Then
    row = page.locator(f"#row-{handle.id}")
    expect(row).to_contain_text("cargo.txt")
    expect(row.locator(".state")).to_have_text("Running")
    expect(row).to_contain_text(re.compile(r"[1-9]\d* of 61"))
    expect(row.locator(".state")).to_have_text("Done")
    expect(row).to_contain_text("61 of 61")
    row.get_by_role("link", name="cargo.txt").click()
    expect(page.get_by_role("heading", name="cargo.txt")).to_be_visible()


def test_a_batch_leads_to_its_parts_and_they_lead_back(system: System, visit: Visit) -> None:
    # Given
    file = system.gate.with_name("parts.txt")
    file.write_text("1 2\n3 4\n")
    handle = system.client.upload(file, "add")
    handle.wait(60)
    page = visit(f"/batches/{handle.id}")

    # When
    page.get_by_role("link", name="its tasks").click()

    # Then
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody tr").get_by_role("link").click()
    page.get_by_role("link", name=handle.id).click()
    expect(page.get_by_role("heading", name="parts.txt")).to_be_visible()
