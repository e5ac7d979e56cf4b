/** Requests of the scripts' own to the API, with the session's token against forged ones. */

import { type Problem, problemOf, UNREACHABLE } from "./problems";

export function csrfHeaders(): Record<string, string> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content;
  return token ? { "X-CSRF-Token": token } : {};
}

/** Send JSON to the API and return its answer's; throws a Problem. */
export async function post<T>(url: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json", ...csrfHeaders() };
  let answer: Response;
  try {
    answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    throw UNREACHABLE;
  }
  if (!answer.ok) throw (await problemOf(answer)) satisfies Problem;
  return answer.json();
}
