// The column chooser of a data table: a box shows or hides its column at once, and the choice is kept by the server.
// Without this script the form's button does the same.
export function wire(scope) {
  const places = scope.matches?.("[data-columns]") ? [scope] : scope.querySelectorAll("[data-columns]:not([data-wired])");
  for (const place of places) {
    place.dataset.wired = "";
    const table = place.querySelector("table");
    const form = place.querySelector("form.column-choice");
    if (!form) {
      continue;
    }
    form.querySelector("[data-column-apply]")?.setAttribute("hidden", "");
    form.addEventListener("change", (event) => {
      const box = event.target.closest("[data-column]");
      if (!box) {
        return;
      }
      table?.classList.toggle(`hide-${box.dataset.column}`, !box.checked);
      fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
      }).catch(() => {
        // Offline the choice holds for this page.
      });
    });
  }
}
