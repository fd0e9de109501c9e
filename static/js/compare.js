// Goods ticked in a list are taken to the comparison at once, and the bar counts them. Without it the bar's form takes them.
export function wire(scope) {
  const bar = scope.querySelector("form[data-compare]:not([data-wired])");
  if (!bar) {
    return;
  }
  bar.dataset.wired = "";
  const told = bar.querySelector("[data-told]");
  const boxes = () => [...bar.elements].filter((field) => field.type === "checkbox");
  const mark = (chosen) => {
    for (const box of boxes()) {
      box.checked = chosen.includes(box.value);
    }
  };
  // One after the other; boxes follow the last answer only, so that none springs back while another is asked for.
  let waiting = Promise.resolve();
  let asked = 0;
  const ask = (values) => {
    asked += 1;
    waiting = waiting.then(async () => {
      try {
        const answer = await fetch(bar.action, {
          method: "POST",
          headers: { "X-CSRFToken": bar.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
          body: new URLSearchParams(values),
        });
        if (!answer.ok && answer.status !== 409) {
          throw new Error(String(answer.status));
        }
        bar.toggleAttribute("data-refused", !answer.ok);
        const { chosen, count, told: text } = await answer.json();
        bar.dataset.count = String(count);
        told.textContent = text;
        if (asked === 1) {
          mark(chosen);
        }
      } catch {
        // What is ticked goes along with the form.
        bar.dataset.count = String(Math.max(Number(bar.dataset.count), 1));
      } finally {
        asked -= 1;
      }
    });
  };
  mark(bar.dataset.compare.split(" "));
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.form === bar && box.type === "checkbox") {
      ask({ good: box.value, do: box.checked ? "add" : "remove" });
    }
  });
  bar.querySelector("[data-compare-none]").addEventListener("click", () => {
    const first = boxes().find((box) => box.checked);
    ask({ do: "clear" });
    first?.focus({ preventScroll: true });
  });
  // A page that the browser has kept shows what was chosen when it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      ask({ do: "" });
    }
  });
}
