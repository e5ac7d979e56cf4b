/** Buttons that htmx sends to the API: the token on the way, and on the way back what came of it. */

import { problemOf, showProblem, UNREACHABLE } from "./problems";
import { csrfHeaders } from "./requests";
import { announceChange } from "./signals";
import { toast } from "./toasts";

export function showOutcomes(): void {
  const { body } = document;
  body.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET") Object.assign(ctx.request.headers, csrfHeaders());
  });
  body.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "GET" || !ctx.response?.raw.ok) return;
    const { done } = (ctx.sourceElement as HTMLElement).dataset;
    if (done) toast({ title: done });
    announceChange();
  });
  body.addEventListener("htmx:response:error", async ({ detail: { ctx } }) => {
    // A fragment that could not be fetched is no news: the stream says when the server is back.
    if (ctx.request.method === "GET" || !ctx.response) return;
    showProblem(await problemOf(new Response(ctx.text ?? null, { status: ctx.response.status })));
  });
  body.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx && ctx.request.method !== "GET" && !ctx.response) showProblem(UNREACHABLE);
  });
}
