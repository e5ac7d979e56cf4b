/**
 * Pages whose rows come from anywhere have no events of their own: they follow the snapshots.
 * `<body data-refresh="always">` is fetched anew every other second, `"moved"` when counts have changed, `"sampled"`
 * when the last hour has become longer.
 * Nor is a task's progress an event, or a worker that is not heard of: while there is an element with `data-moves`,
 * the page is fetched every other second, too.
 */

import { announceChange, onSnapshot } from "./signals";

/** Milliseconds between two looks. */
const CALM = 1900;

export function refresh(): void {
  setInterval(() => {
    if (!document.hidden && document.querySelector("[data-moves]")) announceChange();
  }, CALM);
  const how = document.body.dataset.refresh;
  if (!how) return;
  let seen = "";
  let lookedAt = performance.now();
  onSnapshot(({ states, interval }) => {
    const now = JSON.stringify(how === "sampled" ? interval?.at : states);
    if (performance.now() - lookedAt < CALM || (how !== "always" && now === seen)) return;
    seen = now;
    lookedAt = performance.now();
    announceChange();
  });
}
