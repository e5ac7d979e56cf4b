/**
 * The page's one stream of events. It is closed while nobody looks, because a browser opens six connections to a
 * server at the most, unless `<body data-awaits>` says that something is to be done when it happens. It is opened
 * again by itself whatever ended it; each opening announces a change, since what happened meanwhile was not heard.
 */

import { announceChange, announceSnapshot } from "./signals";
import { dismiss, toast } from "./toasts";

/** Milliseconds between two changes that are announced. */
const CALM = 1000;
/** Milliseconds before a lost stream is opened again, and the most that becomes. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;
/**
 * Milliseconds that a stream may be away before the reader is told. The server ends each after a while on
 * purpose, and the browser comes back to it a second later.
 */
const PATIENCE = 1800;
const LOST = "lost";

let source: EventSource | undefined;
let reopening: number | undefined;
let complaining: number | undefined;
let pause = FIRST_PAUSE;
let heardAt = Date.now();

export function follow(): void {
  const url = document.body.dataset.events;
  if (!url) return;
  show("connecting", "Connecting…");
  open(url);
  document.addEventListener("visibilitychange", () => {
    if (isIdle()) close();
    else if (!document.hidden) open(url);
  });
  // A page from the browser's cache comes back with its stream gone.
  addEventListener("pageshow", (event) => event.persisted && open(url));
  addEventListener("pagehide", close);
}

function open(url: string): void {
  close();
  if (isIdle()) return;
  source = new EventSource(url);
  source.addEventListener("open", () => {
    pause = FIRST_PAUSE;
    well();
    change();
  });
  source.addEventListener("snapshot", (event) => {
    heardAt = Date.now();
    announceSnapshot(JSON.parse(event.data));
  });
  for (const name of ["task", "skipped"]) source.addEventListener(name, change);
  source.addEventListener("reset", () => {
    well();
    change();
  });
  source.addEventListener("away", () => {
    lost("The ledger is unavailable", "Nothing accepted is lost. This page reconnects automatically.");
  });
  source.addEventListener("error", () => {
    complaining ??= window.setTimeout(unreachable, PATIENCE);
    if (source?.readyState !== EventSource.CLOSED) return; // The browser tries again itself.
    void leaveIfSignedOut();
    reopening = window.setTimeout(() => open(url), pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  });
}

function isIdle(): boolean {
  return document.hidden && !("awaits" in document.body.dataset);
}

function close(): void {
  clearTimeout(reopening);
  source?.close();
  source = undefined;
}

/** A stream that is refused does not say why. Whoever has to sign in is led there from this page, and back to it. */
async function leaveIfSignedOut(): Promise<void> {
  try {
    const answer = await fetch(location.href, { redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
  } catch {
    // It does not answer at all.
  }
}

function unreachable(): void {
  lost("The server does not answer", "This page retries every few seconds. Tasks are not affected.");
}

function well(): void {
  heardAt = Date.now();
  clearTimeout(complaining);
  complaining = undefined;
  dismiss(LOST);
  show("live", "Live");
}

function lost(title: string, next: string): void {
  const from = new Date(heardAt).toLocaleTimeString();
  show("lost", title);
  toast({
    key: LOST,
    kind: "danger",
    title: `${title}.`,
    detail: `The page shows the state of ${from}. ${next}`,
  });
}

function show(state: string, words: string): void {
  const shown = document.getElementById("link-state");
  if (!shown) return;
  shown.hidden = false;
  shown.dataset.state = state;
  if (shown.textContent !== words) shown.textContent = words;
}

let changedAt = Number.NEGATIVE_INFINITY;
let later: number | undefined;

/** Announce a change now, or as soon as a second has passed since the last one. */
function change(): void {
  heardAt = Date.now();
  if (later !== undefined) return;
  const wait = Math.max(0, changedAt + CALM - performance.now());
  later = window.setTimeout(() => {
    later = undefined;
    changedAt = performance.now();
    announceChange();
  }, wait);
}
