/** A page that says that something is away tries again by itself, as soon as the server answers otherwise. */

/** Milliseconds between two tries. */
const PAUSE = 2000;

export function retry(): void {
  if (!("retry" in document.body.dataset)) return;
  const trying = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.status === 503) return;
    } catch {
      return; // Not even that.
    }
    clearInterval(trying);
    location.reload();
  }, PAUSE);
}
