// Menus made of <details> close when one clicks elsewhere, presses Esc, or opens another.
let wired = false;

export function wire() {
  if (wired) {
    return;
  }
  wired = true;
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) {
        menu.open = false;
      }
    }
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    const inside = document.activeElement?.closest("details.menu[open]");
    close(null);
    inside?.querySelector("summary").focus();
  });
}
