// The column chooser of a data table: check boxes that hide columns, remembered in this browser by the table's name.
export function wire(scope) {
  const places = scope.matches?.("[data-columns]") ? [scope] : scope.querySelectorAll("[data-columns]:not([data-wired])");
  for (const place of places) {
    place.dataset.wired = "";
    const key = `columns:${place.dataset.columns}`;
    const table = place.querySelector("table");
    const boxes = [...place.querySelectorAll("[data-column]")];
    const stored = read(key);
    for (const box of boxes) {
      const index = box.dataset.column;
      if (stored) {
        box.checked = !stored.includes(index);
      }
      show(table, box);
      box.addEventListener("change", () => {
        show(table, box);
        write(key, boxes.filter((each) => !each.checked).map((each) => each.dataset.column));
      });
    }
  }
}

function show(table, box) {
  table?.classList.toggle(`hide-${box.dataset.column}`, !box.checked);
}

function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key));
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still shows and hides.
  }
}
