// Uploading a file: with progress, and with an id of our own, so that an answer that was lost can be asked for.
import { newId } from "../ids";
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
        detail: "Join them first, or upload them one after the other.",
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
    show({ title: "No file is chosen.", detail: "Drop a text file on the field, or choose one." });
    file.focus();
    return;
  }
  const id = newId();
  const request = new XMLHttpRequest(); // fetch does not tell how much of a body was sent
  running = request;
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded, total));
  request.addEventListener("load", () => void answered(request, id));
  request.addEventListener("error", () => void unanswered(id));
  request.addEventListener("abort", () => {
    end();
    show({ title: "The upload was stopped.", detail: "Nothing of it runs." });
  });
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
      : "All is sent; the server records the lines…";
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function answered(request: XMLHttpRequest, id: string): Promise<void> {
  if (request.status < 300) return go(id);
  end();
  show(await problemOf(new Response(request.responseText, { status: request.status })));
}

/** The answer may have been lost on its way: whether the batch is there, the server knows. */
async function unanswered(id: string): Promise<void> {
  try {
    const answer = await fetch(`/v1/batches/${id}`);
    if (answer.ok && ((await answer.json()) as { state: string }).state !== "OPEN") return go(id);
  } catch {
    // Still away.
  }
  end();
  show({
    title: "The connection broke.",
    detail: "Nothing of the file runs. Upload it again when the server answers.",
  });
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

function show({ title, detail }: Problem): void {
  (document.getElementById("problem-title") as HTMLElement).textContent = title;
  (document.getElementById("problem-detail") as HTMLElement).textContent = detail;
  (document.getElementById("problem") as HTMLElement).hidden = false;
}

function hide(): void {
  (document.getElementById("problem") as HTMLElement).hidden = true;
}
