// The list of tasks: rows stay where they are while somebody reads or chooses them.
import { isSelecting } from "../selection";

document.body.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { sourceElement, request } = ctx;
  if (sourceElement.id !== "live") return;
  const rows = document.querySelector<HTMLElement>("[data-selection]");
  if (!rows || "still" in rows.dataset || !rows.dataset.top || !isRead(rows)) return;
  const url = new URL(request.action, location.href);
  url.searchParams.set("anchor", rows.dataset.top);
  request.action = url.pathname + url.search;
});

/** A change of a filter is its own command; the button is for those without scripts, and for the id. */
document.getElementById("filters")?.addEventListener("change", (event) => {
  const form = event.currentTarget as HTMLFormElement;
  if (event.target instanceof HTMLSelectElement) form.requestSubmit();
});

function isRead(rows: HTMLElement): boolean {
  return isSelecting() || rows.matches(":hover, :focus-within") || rows.getBoundingClientRect().top < 0;
}
