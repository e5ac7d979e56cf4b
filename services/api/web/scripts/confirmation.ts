/** Asks before what cannot be taken back, in a dialog of the page's own: the browser's says too little. */

/** Let htmx ask by the dialog. */
export function askBefore(): void {
  document.body.addEventListener("htmx:confirm", async (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    const button = ctx.sourceElement as HTMLElement;
    event.preventDefault();
    const question = button.getAttribute("hx-confirm") ?? "";
    if (await confirmed(question, button.dataset.detail ?? "", button.textContent.trim())) issueRequest();
    else dropRequest();
  });
}

/** Whether the reader agrees. `yes` is what the button says. */
export function confirmed(question: string, detail: string, yes: string): Promise<boolean> {
  const dialog = document.getElementById("confirm") as HTMLDialogElement;
  write("confirm-question", question);
  write("confirm-detail", detail);
  write("confirm-yes", yes);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function write(id: string, text: string): void {
  const place = document.getElementById(id) as HTMLElement;
  place.textContent = text;
  place.hidden = text === "";
}
