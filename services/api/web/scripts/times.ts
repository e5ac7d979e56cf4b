/** Times relative to now, written anew every second by the words that the server used; the exact one is the title. */

import { onSwap } from "./signals";

export function keepTime(): void {
  setInterval(write, 1000);
  onSwap(write);
  write();
}

function write(): void {
  if (document.hidden) return;
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-clock]:not([data-exact])")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString();
    time.dataset.exact = "";
  }
  const now = Date.now();
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-ago], time[data-since]")) {
    const seconds = Math.max(0, (now - Date.parse(time.dateTime)) / 1000);
    const words = "ago" in time.dataset ? ago(now - Date.parse(time.dateTime)) : span(seconds);
    if (time.textContent !== words) time.textContent = words;
    if (!time.dataset.exact) {
      time.dataset.exact = "";
      time.title = new Date(time.dateTime).toLocaleString(undefined, {
        dateStyle: "medium",
        timeStyle: "medium",
      });
    }
  }
}

/** `just now`, `12 s ago`, `in 3 min`: as the filter `ago` in web/words.py. */
export function ago(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (Math.abs(seconds) < 2) return "just now";
  return seconds < 0 ? `in ${coarse(-seconds)}` : `${coarse(seconds)} ago`;
}

function coarse(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: as the filter `span`. */
export function span(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(whole, 60, "min", 1, "s");
  if (whole < 86_400) return two(whole, 3600, "h", 60, "min");
  return two(whole, 86_400, "d", 3600, "h");
}

function two(whole: number, large: number, name: string, small: number, part: string): string {
  const rest = Math.floor((whole % large) / small);
  return `${Math.floor(whole / large)} ${name}${rest ? ` ${rest} ${part}` : ""}`;
}
