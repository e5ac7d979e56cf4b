/** Copies the text of an element that a button names in `data-copy`. */

import { toast } from "./toasts";

export function offerCopying(): void {
  document.body.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      toast({ title: "Copied." });
    } catch {
      // Without https beyond this machine there is no clipboard: the text is chosen, the reader copies it.
      getSelection()?.selectAllChildren(source);
      toast({ title: "The text is selected.", detail: "Press Ctrl+C (⌘C) to copy it." });
    }
  });
}
