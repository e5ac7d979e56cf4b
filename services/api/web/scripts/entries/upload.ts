// Uploading a file: with progress, and with an id of our own, so that an answer that was lost can be asked for.

import { newId } from "../ids";
import { outcomeOf } from "../outcome";
import { type Problem, problemOf } from "../problems";
import { csrfHeaders } from "../requests";
import { watch } from "../watching";

const form = document.getElementById("upload") as HTMLFormElement | null;
const file = document.getElementById("file") as HTMLInputElement;
const drop = document.getElementById("drop") as HTMLElement;
const send = document.getElementById("send") as HTMLButtonElement;
const stop = document.getElementById("stop") as HTMLButtonElement;
const sending = document.getElementById("sending") as HTMLElement;
const sent = document.getElementById("sent") as HTMLProgressElement;
const words = document.getElementById("sent-words") as HTMLElement;

let running: XMLHttpRequest | undefined;
/** An upload of which nobody knows what became: the same file goes under the same id again, and never runs twice. */
let unsettled: { id: string; file: File } | undefined;

if (form) {
  offerDropping();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) upload(form);
  });
  stop.addEventListener("click", () => running?.abort());
  addEventListener("beforeunload", (event) => running && event.preventDefault());
}

function offerDropping(): void {
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length !== 1) {
      show({
        title: "One file at a time, please.",
        detail: "Combine them, or upload them one after the other.",
      });
      return;
    }
    file.files = event.dataTransfer.files;
    hide();
  });
}

function upload(form: HTMLFormElement): void {
  hide();
  const chosen = file.files?.[0];
  if (!chosen) {
    show({ title: "No file chosen.", detail: "Drop a text file here, or choose one." });
    file.focus();
    return;
  }
  const id = unsettled?.file === chosen ? unsettled.id : newId();
  unsettled = undefined;
  const request = new XMLHttpRequest(); // fetch does not tell how much of a body was sent
  running = request;
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded, total));
  request.addEventListener("load", () => void answered(request, id, chosen));
  request.addEventListener("error", () => void unanswered(id, chosen));
  request.addEventListener("abort", () => void stopped(id, chosen));
  request.open("POST", "/v1/batches");
  for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
  request.send(body(form, id, chosen));
  sending.hidden = false;
  stop.hidden = false;
  send.disabled = true;
  progress(0, chosen.size);
}

/** The file comes last: the server reads the fields before it, and the file as it comes. */
function body(form: HTMLFormElement, id: string, chosen: File): FormData {
  const data = new FormData();
  data.set("id", id);
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim() && name !== "csrf") data.set(name, value.trim());
  }
  data.set("file", chosen);
  return data;
}

function progress(loaded: number, total: number): void {
  sent.max = Math.max(total, 1);
  sent.value = loaded;
  words.textContent =
    loaded < total
      ? `Sent ${size(loaded)} of ${size(total)}, ${Math.floor((100 * loaded) / total)} %`
      : "Sent. The server is recording the lines…";
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function answered(request: XMLHttpRequest, id: string, chosen: File): Promise<void> {
  if (request.status < 300) return go(id);
  // Whoever answers so, a proxy perhaps, need not know what the server has.
  if (request.status >= 500 && (await asked(id)) === "runs") return go(id);
  const problem = await problemOf(new Response(request.responseText, { status: request.status }));
  if (request.status >= 500) unsettled = { id, file: chosen };
  end();
  show(problem);
}

async function unanswered(id: string, chosen: File): Promise<void> {
  const outcome = await asked(id);
  if (outcome === "runs") return go(id);
  end();
  if (outcome === "unknown") return showUnknown(id, chosen);
  const readable = await isReadable(chosen);
  show(
    readable
      ? {
          title: "The connection was lost.",
          detail: "No line was run. Upload the file again when the server answers.",
        }
      : {
          title: "The file can no longer be read.",
          detail:
            "It was changed, moved or deleted during the upload. No line was run; choose the file again.",
        },
  );
}

async function stopped(id: string, chosen: File): Promise<void> {
  const outcome = await asked(id);
  end();
  if (outcome === "unknown") return showUnknown(id, chosen);
  if (outcome === "nothing") return show({ title: "The upload was stopped.", detail: "No line was run." });
  show({
    title: "It was too late to stop the upload.",
    detail: "The whole file had arrived, and its lines are running.",
    link: { text: "View or cancel it", url: `/batches/${id}` },
  });
}

async function asked(id: string): Promise<"runs" | "nothing" | "unknown"> {
  stop.hidden = true;
  words.textContent = "Checking whether the server has the file…";
  return outcomeOf(id);
}

function showUnknown(id: string, chosen: File): void {
  unsettled = { id, file: chosen };
  show({
    title: "It is unknown whether the upload succeeded.",
    detail: "The server does not answer, and the file's lines may be running. Uploading it again is safe.",
    link: { text: "Check again", url: `/batches/${id}` },
  });
}

async function isReadable(chosen: File): Promise<boolean> {
  try {
    await chosen.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function go(id: string): void {
  running = undefined;
  watch(id);
  location.assign(`/batches/${id}`);
}

function end(): void {
  running = undefined;
  sending.hidden = true;
  stop.hidden = true;
  send.disabled = false;
}

function show({ title, detail, link }: Problem): void {
  const there = document.getElementById("problem-link") as HTMLAnchorElement;
  there.hidden = !link;
  there.textContent = link?.text ?? "";
  there.href = link?.url ?? "";
  (document.getElementById("problem-title") as HTMLElement).textContent = title;
  (document.getElementById("problem-detail") as HTMLElement).textContent = detail;
  (document.getElementById("problem") as HTMLElement).hidden = false;
}

function hide(): void {
  (document.getElementById("problem") as HTMLElement).hidden = true;
}
