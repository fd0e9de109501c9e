// "/" goes to the search, "?" shows the keys. Keys typed into a field are left alone.
export function wire(document) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) {
      return;
    }
    if (event.key === "/") {
      const field = document.querySelector("[data-shortcut='/']");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    } else if (event.key === "?") {
      const help = document.getElementById("keys");
      if (help && !help.open) {
        event.preventDefault();
        help.showModal();
      }
    }
  });
}
