/** What became of an upload whose answer is missing. */

import type { Batch } from "../generated/api";

const TRIES = 15;
const PAUSE = 1000;

/**
 * `runs`: the whole file is on record, whatever became of it since. `nothing`: none of it runs, or ever will.
 * `unknown`: the server does not answer, or still waits for a connection that it has not seen end.
 */
export async function outcomeOf(id: string): Promise<"runs" | "nothing" | "unknown"> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    try {
      const answer = await fetch(`/v1/batches/${id}`);
      if (answer.status === 404) return "nothing";
      if (!answer.ok) continue;
      const batch: Batch = await answer.json();
      if (batch.state === "OPEN") continue;
      return batch.revoked === "the upload broke off" ? "nothing" : "runs";
    } catch {
      // Still away.
    }
  }
  return "unknown";
}
