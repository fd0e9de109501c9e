// A check box in the heading takes all rows of its table; what is marked is counted for the bulk action.
export function wire(scope) {
  for (const all of scope.querySelectorAll("[data-select-all]:not([data-wired])")) {
    all.dataset.wired = "";
    const table = all.closest("table");
    const rows = () => [...table.querySelectorAll("tbody input[type=checkbox][name]")];
    const update = () => {
      const marked = rows().filter((box) => box.checked).length;
      all.checked = marked > 0 && marked === rows().length;
      all.indeterminate = marked > 0 && marked < rows().length;
      for (const place of document.querySelectorAll(`[data-selected="${all.dataset.selectAll}"]`)) {
        place.textContent = String(marked);
      }
    };
    all.addEventListener("change", () => {
      for (const box of rows()) {
        box.checked = all.checked;
      }
      update();
    });
    table.addEventListener("change", update);
    update();
  }
}
