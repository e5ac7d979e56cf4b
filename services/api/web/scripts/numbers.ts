/**
 * Numbers that follow the snapshot: `<dd data-live="workers/alive">3</dd>`. A queue is found by its name:
 * `queues/math/waiting`. `data-shown-if` and `data-hidden-if` name what shows or hides a notice. The server writes them first, in the same form.
 */

import type { Snapshot } from "../generated/api";
import { announceChange, onSnapshot } from "./signals";
import { ago } from "./times";

type Tree = { [name: string]: Tree | number | string | boolean | null };

const whole = new Intl.NumberFormat("en");

let shape = "";

export function bindNumbers(): void {
  onSnapshot((snapshot) => {
    const tree = asTree(snapshot);
    for (const place of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const text = format(find(tree, place.dataset.live ?? ""), place.dataset.format ?? "count");
      if (place.textContent !== text) place.textContent = text;
    }
    for (const place of document.querySelectorAll<HTMLElement>("[data-shown-if]")) {
      place.hidden = !find(tree, place.dataset.shownIf ?? "");
    }
    for (const place of document.querySelectorAll<HTMLElement>("[data-hidden-if]")) {
      place.hidden = Boolean(find(tree, place.dataset.hiddenIf ?? ""));
    }
    // A queue that is new, or paused since, is for the server to draw.
    const now = snapshot.queues.map(({ name, paused }) => `${name} ${paused}`).join();
    if (shape !== "" && shape !== now) announceChange();
    shape = now;
  });
}

function asTree(snapshot: Snapshot): Tree {
  const { PENDING = 0, QUEUED = 0, RETRY = 0 } = snapshot.states;
  const sums = {
    waiting: PENDING + QUEUED + RETRY,
    tasks: Object.values(snapshot.states).reduce((a, b) => a + b, 0),
  };
  const queues = Object.fromEntries(snapshot.queues.map((queue) => [queue.name, { ...queue } as Tree]));
  return { ...(snapshot as unknown as Tree), sums, queues };
}

function find(tree: Tree, path: string): Tree[string] {
  let found: Tree[string] = tree;
  for (const name of path.split("/")) {
    if (found === null || typeof found !== "object") return null;
    found = found[name] ?? null;
  }
  return found;
}

function format(value: Tree[string], how: string): string {
  if (typeof value === "string") return how === "ago" ? ago(Date.now() - Date.parse(value)) : value;
  if (typeof value !== "number") return "–";
  switch (how) {
    case "rate":
      return rate(value);
    case "seconds":
      return duration(value);
    default:
      return whole.format(value);
  }
}

/** As the filter `rate`: three figures at the most. */
export function rate(value: number): string {
  if (value === 0) return "0";
  if (value < 10) return value.toFixed(1);
  return whole.format(Math.round(value));
}

/** As the filter `duration`: `3 ms`, `1.2 s`, `4 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  return `${Math.round(seconds / 60)} min`;
}
