/** What the scripts of a page tell each other, by events on the body. */

import type { Snapshot } from "../generated/api";

/** Something that this page shows may have changed: fragments fetch themselves anew. */
export const CHANGED = "longshore:changed";
/** The whole system, once a second. */
export const SNAPSHOT = "longshore:snapshot";

export function announceChange(): void {
  document.body.dispatchEvent(new CustomEvent(CHANGED));
}

export function announceSnapshot(snapshot: Snapshot): void {
  document.body.dispatchEvent(new CustomEvent(SNAPSHOT, { detail: snapshot }));
}

export function onSnapshot(act: (snapshot: Snapshot) => void): void {
  document.body.addEventListener(SNAPSHOT, (event) => act((event as CustomEvent<Snapshot>).detail));
}

export function onChange(act: () => void): void {
  document.body.addEventListener(CHANGED, act);
}

/** After a fragment was fetched and put in its place. */
export function onSwap(act: () => void): void {
  document.body.addEventListener("htmx:after:swap", act);
}
