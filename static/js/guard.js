// <form data-guard>: the browser asks before what was typed is left behind; a submitted form is sent once.
export function wire(scope) {
  const forms = scope.matches?.("form[data-guard]") ? [scope] : scope.querySelectorAll("form[data-guard]:not([data-guarded])");
  for (const form of forms) {
    form.dataset.guarded = "";
    let changed = false;
    let sent = false;
    form.addEventListener("input", () => {
      changed = true;
    });
    form.addEventListener("submit", (event) => {
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      // Coming back by the browser's button shows the page as it was: it must be possible to send it again.
      window.addEventListener("pageshow", () => {
        sent = false;
      }, { once: true });
    });
    window.addEventListener("beforeunload", (event) => {
      if (changed && !sent && form.isConnected) {
        event.preventDefault();
      }
    });
  }
}
