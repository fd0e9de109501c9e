// The one entry of every page: takes `no-js` off the root and loads a behaviour only where the page has use for it.
const root = document.documentElement;
root.classList.remove("no-js");

const BEHAVIOURS = [
  ["[data-confirm]", () => import("./confirm.js")],
  ["form[data-guard]", () => import("./guard.js")],
  ["[data-columns]", () => import("./columns.js")],
  ["[data-print]", () => import("./print.js")],
  ["[data-chart]", () => import("./chart.js")],
  ["[data-clock]", () => import("./clock.js")],
  ["[data-select-all]", () => import("./selection.js")],
  ["[data-suggest]", () => import("./suggest.js")],
  ["[data-favourite]", () => import("./favourites.js")],
  ["form[data-compare]", () => import("./compare.js")],
  ["[data-for-kinds]", () => import("./kinds.js")],
  ["input[type=file][data-most-bytes]", () => import("./upload.js")],
  ["details.menu", () => import("./menus.js")],
];

async function wire(scope) {
  for (const [selector, load] of BEHAVIOURS) {
    if (scope.matches?.(selector) || scope.querySelector?.(selector)) {
      const behaviour = await load();
      behaviour.wire(scope);
    }
  }
}

import("./shortcuts.js").then((shortcuts) => shortcuts.wire(document));
if (window.htmx) {
  import("./quick.js").then((quick) => quick.wire(window.htmx, wire));
}
wire(document);

// Take the reader to what is wrong, or to the first field of a form that asks for it.
const first = document.querySelector("[data-error-summary]") ?? document.querySelector("form[data-focus] :is(input:not([type=hidden]), select, textarea)");
if (first && !location.hash) {
  first.focus({ preventScroll: !first.hasAttribute("data-error-summary") });
}
