/** Short messages in the corner: what was done, what went wrong, and what to do next. */

export interface Toast {
  title: string;
  detail?: string;
  kind?: "danger";
  /** A toast takes the place of the one with the same key, and stays until it is dismissed. */
  key?: string;
  link?: { text: string; url: string };
}

/** Milliseconds; what went wrong stays until it is closed. */
const SHOWN = 6000;

export function toast(message: Toast): void {
  const shown = document.createElement("div");
  shown.className = message.kind ? `toast ${message.kind}` : "toast";
  const words = document.createElement("div");
  words.append(strong(message.title));
  if (message.detail) words.append(" ", message.detail);
  if (message.link) words.append(" ", anchor(message.link));
  shown.append(words, closer(shown));
  const place = document.getElementById("toasts");
  if (message.key) {
    shown.dataset.key = message.key;
    const earlier = find(message.key);
    if (earlier) {
      earlier.replaceWith(shown);
      return;
    }
  }
  place?.append(shown);
  if (!message.key && !message.kind) setTimeout(() => shown.remove(), SHOWN);
}

export function dismiss(key: string): void {
  find(key)?.remove();
}

function find(key: string): HTMLElement | null {
  return document.querySelector(`.toast[data-key="${CSS.escape(key)}"]`);
}

function strong(text: string): HTMLElement {
  const made = document.createElement("strong");
  made.textContent = text;
  return made;
}

function anchor({ text, url }: { text: string; url: string }): HTMLElement {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = text;
  return made;
}

function closer(shown: HTMLElement): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet small";
  made.textContent = "Close";
  made.addEventListener("click", () => shown.remove());
  return made;
}
