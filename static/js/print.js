// Buttons that print the page.
export function wire(scope) {
  for (const button of scope.querySelectorAll("[data-print]:not([data-wired])")) {
    button.dataset.wired = "";
    button.addEventListener("click", () => window.print());
  }
}
