/** Light, dark, or as the system has it; remembered in this browser. */

const ORDER = ["system", "light", "dark"] as const;
const KEY = "longshore.theme";

export function offerThemes(): void {
  const button = document.getElementById("theme");
  if (!button) return;
  button.hidden = false;
  name(button);
  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length] ?? "system";
    if (next === "system") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem(KEY);
    } else {
      document.documentElement.dataset.theme = next;
      localStorage.setItem(KEY, next);
    }
    name(button);
    dispatchEvent(new Event("longshore:theme"));
  });
}

/** Call `draw` when colours have changed. */
export function onTheme(draw: () => void): void {
  addEventListener("longshore:theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

function current(): (typeof ORDER)[number] {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function name(button: HTMLElement): void {
  button.textContent = `Theme: ${current()}`;
}
