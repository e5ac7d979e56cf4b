// One batch: how fast it is now, how long it will take, and its output fetched when it ends.
import type { Batch } from "../../generated/api";
import { rate } from "../numbers";
import { onSwap } from "../signals";
import { span } from "../times";
import { toast } from "../toasts";
import { isWatched, takeWatched, watch } from "../watching";

interface Look {
  at: number;
  done: number;
}

/** Milliseconds that the rate is measured over. */
const SPAN = 15_000;
/** Milliseconds between two looks for failed lines, at least. */
const LEAST_REST = 2000;

let looks: Look[] = [];
let failed = shown()?.dataset.failed;
let state = shown()?.dataset.state;
let nextListing = performance.now() + LEAST_REST;

look();
onSwap(look);
// Whoever retries lines wants to have the file again.
document.body.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const id = shown()?.dataset.id;
  if (id && ctx.response?.status === 202 && String(ctx.request.action).endsWith("/retry")) watch(id);
});

function shown(): HTMLElement | null {
  return document.getElementById("batch");
}

function look(): void {
  const { id = "", name = "", state: now, done, failed: wrong, total } = shown()?.dataset ?? {};
  if (now === "RUNNING") showSpeed(Number(done), Number(total));
  // In a tab behind others the file comes as well.
  document.body.toggleAttribute("data-awaits", isWatched(id));
  if (now === "DONE" && isWatched(id) && takeWatched(id)) void fetchOutput(id, name);
  const due = now === "DONE" || performance.now() > nextListing; // Nothing comes after that which would ask again.
  if (now !== state || (wrong !== failed && due)) list();
  else return;
  [state, failed] = [now, wrong];
}

/** Fetch the failed lines. Finding them reads the whole batch, so the next time is far off if it takes long. */
function list(): void {
  const began = performance.now();
  const place = document.getElementById("failed");
  nextListing = Number.POSITIVE_INFINITY;
  place?.addEventListener(
    "htmx:finally:request",
    () => {
      const now = performance.now();
      nextListing = now + Math.max(LEAST_REST, 20 * (now - began));
    },
    { once: true },
  );
  place?.dispatchEvent(new CustomEvent("longshore:failed"));
}

function showSpeed(done: number, total: number): void {
  const at = performance.now();
  const last = looks.at(-1);
  if (last && done < last.done) looks = []; // Lines that failed run again.
  looks = [...looks.filter((each) => at - each.at < SPAN), { at, done }];
  const [first] = looks;
  if (!first || at - first.at < 1000) return;
  const speed = (done - first.done) / ((at - first.at) / 1000);
  const left = speed > 0 ? `, about ${span((total - done) / speed)} left` : ", currently not moving";
  const place = document.getElementById("speed");
  if (place) place.textContent = `${rate(speed)} lines per second${left}.`;
}

async function fetchOutput(id: string, name: string): Promise<void> {
  const address = `/v1/batches/${encodeURIComponent(id)}`;
  // What is shown may be from before lines were retried.
  const { state } = (await (await fetch(address)).json()) as Batch;
  if (state !== "DONE") return watch(id);
  const url = `${address}/output`;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
  toast({
    title: `The output of ${name} is being downloaded.`,
    detail: "If the download did not start:",
    link: { text: "download it", url },
  });
}
