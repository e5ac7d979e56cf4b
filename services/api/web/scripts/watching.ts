/** The batches whose output this browser is to fetch when they end; kept over a reload. */

const KEY = "longshore.watched";
/** A batch that nobody came back for in a week is forgotten. */
const KEPT = 7 * 86_400_000;

export function watch(id: string): void {
  write({ ...read(), [id]: Date.now() });
}

/** Whether `id` was watched; it no longer is. */
export function takeWatched(id: string): boolean {
  const { [id]: since, ...rest } = read();
  write(rest);
  return since !== undefined;
}

export function isWatched(id: string): boolean {
  return id in read();
}

function read(): Record<string, number> {
  try {
    const kept: Record<string, number> = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(kept).filter(([, since]) => Date.now() - since < KEPT));
  } catch {
    return {};
  }
}

function write(watched: Record<string, number>): void {
  localStorage.setItem(KEY, JSON.stringify(watched));
}
