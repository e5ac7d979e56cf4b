/** Rows that are chosen, to do something with all of them: boxes in a table, and buttons that say what. */

import type { CancelledTasks, RetriedTasks } from "../generated/api";
import { confirmed } from "./confirmation";
import { type Problem, showProblem } from "./problems";
import { post } from "./requests";
import { announceChange, onSwap } from "./signals";
import { toast } from "./toasts";

type Outcomes = CancelledTasks | RetriedTasks;

const chosen = new Set<string>();
let last: HTMLInputElement | undefined;

export function keepSelection(): void {
  if (!document.querySelector("[data-selection]")) return;
  document.body.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches?.("[data-choose]")) choose(box, event.shiftKey);
    else if (box.matches?.("[data-choose-all]")) chooseAll(box.checked);
    else if (box.matches?.("[data-all]")) void act(box as unknown as HTMLButtonElement);
  });
  onSwap(show);
  show();
}

/** Whether rows are chosen: the table must not move under the reader then. */
export function isSelecting(): boolean {
  return chosen.size > 0;
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-choose]")];
}

function choose(box: HTMLInputElement, range: boolean): void {
  const all = boxes();
  const [from, to] = [last ? all.indexOf(last) : -1, all.indexOf(box)];
  const meant = range && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const one of meant) set(one.value, box.checked);
  last = box;
  show();
}

function chooseAll(yes: boolean): void {
  for (const box of boxes()) set(box.value, yes);
  show();
}

function set(id: string, yes: boolean): void {
  if (yes) chosen.add(id);
  else chosen.delete(id);
}

function show(): void {
  const all = boxes();
  const there = new Set(all.map((box) => box.value));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  for (const box of all) box.checked = chosen.has(box.value);
  const master = document.querySelector<HTMLInputElement>("[data-choose-all]");
  if (master) {
    master.checked = chosen.size > 0 && chosen.size === all.length;
    master.indeterminate = chosen.size > 0 && chosen.size < all.length;
  }
  for (const place of document.querySelectorAll("[data-chosen]")) {
    place.textContent = chosen.size === 0 ? "None selected" : `${chosen.size} selected`;
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-all]")) {
    button.disabled = chosen.size === 0;
  }
}

async function act(button: HTMLButtonElement): Promise<void> {
  const { all: url = "", good = "", verb = "" } = button.dataset;
  const ids = [...chosen];
  const tasks = ids.length === 1 ? "1 task" : `${ids.length} tasks`;
  if (!(await confirmed(`${verb} ${tasks}?`, button.dataset.detail ?? "", `${verb} ${tasks}`))) return;
  button.disabled = true;
  try {
    const { items } = await post<Outcomes>(url, { ids });
    report(items, good.split(" "), verb.toLowerCase());
    chosen.clear();
  } catch (problem) {
    showProblem(problem as Problem);
  }
  show();
  announceChange();
}

function report(items: Outcomes["items"], good: string[], verb: string): void {
  const well = items.filter(({ outcome }) => good.includes(outcome)).length;
  const rest = items.length - well;
  const reasons = [
    ...new Set(items.map(({ outcome }) => outcome).filter((outcome) => !good.includes(outcome))),
  ];
  toast({
    title: `${well} of ${items.length}: ${verb} done.`,
    ...(rest > 0 && { detail: `${rest} unchanged (${reasons.join(", ")}).`, kind: "danger" }),
  });
}
