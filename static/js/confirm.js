// <details data-confirm> opens its body as a modal dialog: focus is kept inside, Esc leaves, nothing is lost without it.
export function wire(scope) {
  for (const details of scope.querySelectorAll("details[data-confirm]:not([data-wired])")) {
    details.dataset.wired = "";
    details.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      open(details);
    });
  }
}

function open(details) {
  const body = details.querySelector(".confirm-body");
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog";
  dialog.setAttribute("aria-labelledby", body.querySelector(".confirm-title").id);
  details.after(dialog);
  dialog.append(body);
  body.querySelector("[data-cancel]")?.addEventListener("click", () => dialog.close(), { once: true });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    details.append(body);
    dialog.remove();
    details.querySelector("summary").focus();
  });
  dialog.showModal();
}
