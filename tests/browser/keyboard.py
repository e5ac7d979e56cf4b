"""Driving a page by its keys alone: what has the focus is seen, and reached by Tab."""

from typing import Final

from playwright.sync_api import Locator, Page

FOCUSED: Final = "element => element === document.activeElement"
VISIBLE: Final = """element => {
    const shown = element.matches('input[type=file]') ? element.closest('.drop') ?? element : element;
    return [element, shown].some(each => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    });
}"""
MOST: Final = 120
"""Presses of Tab within which anything on a page must be reached."""


class Keyboard:
    """The keys of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until `target` has the focus, and can be seen to have it."""
        target.wait_for()
        for _ in range(MOST):
            if target.evaluate(FOCUSED):
                assert target.evaluate(VISIBLE), f"one does not see that {target} has the focus"
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{MOST} presses of Tab do not reach {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach a control and press a key on it."""
        self.reach(target)
        self._page.keyboard.press(key)

    def write(self, target: Locator, text: str) -> None:
        """Reach a field and write into it."""
        self.reach(target)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, target: Locator, label: str) -> None:
        """Reach a list and choose by its first letters."""
        self.reach(target)
        self._page.keyboard.type(label)
