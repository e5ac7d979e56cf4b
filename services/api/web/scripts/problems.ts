/** What the API says when it refuses (RFC 9457), as a toast. */

import { toast } from "./toasts";

export interface Problem {
  title: string;
  detail: string;
  link?: { text: string; url: string };
}

/** The problem in an answer's body; one of our own where there is none. */
export async function problemOf(answer: Response): Promise<Problem> {
  try {
    const { title, detail } = await answer.json();
    if (typeof title === "string") {
      return { title, detail: String(detail ?? ""), ...(answer.status === 401 && { link: wayIn() }) };
    }
  } catch {
    // Not ours: a proxy's page, say.
  }
  return {
    title: "The request was refused",
    detail: `The server answered ${answer.status}. Try again, or look at its log.`,
  };
}

export function showProblem(problem: Problem): void {
  toast({ kind: "danger", ...problem });
}

/** The session is over: the way to another one, and back. */
function wayIn(): { text: string; url: string } {
  return { text: "Sign in", url: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}` };
}

export const UNREACHABLE: Problem = {
  title: "The server did not answer.",
  detail: "The request may not have been executed. Try again when the page says “Live”.",
};
