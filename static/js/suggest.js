// Suggestions while typing in the search field: an ARIA combobox with a list, by keys and by pointer. Without it the field
// is a plain search.
const PAUSE = 120;
let made = 0;

export function wire(scope) {
  for (const input of scope.querySelectorAll("input[data-suggest]:not([role])")) {
    combobox(input);
  }
}

function combobox(input) {
  const box = document.createElement("div");
  made += 1;
  box.id = `suggestions-${made}`;
  box.className = "suggestions";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", input.labels?.[0]?.textContent ?? "");
  box.hidden = true;
  input.after(box);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-haspopup", "listbox"], ["aria-expanded", "false"], ["aria-controls", box.id]]) {
    input.setAttribute(name, value);
  }
  let timer = 0;
  let asked = null;
  let current = -1;

  const options = () => [...box.querySelectorAll("[role=option]")];

  function close() {
    clearTimeout(timer);
    asked?.abort();
    box.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const all = options();
    all[current]?.removeAttribute("aria-selected");
    current = all.length ? (place + all.length + 1) % (all.length + 1) : -1;
    // One step beyond the last one leads back to what was typed.
    if (current === all.length) {
      current = -1;
    }
    const option = all[current];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(groups) {
    box.replaceChildren();
    let number = 0;
    for (const group of groups) {
      const part = document.createElement("div");
      part.setAttribute("role", "group");
      const title = document.createElement("p");
      title.className = "hint";
      title.id = `${box.id}-title-${number}`;
      title.textContent = group.title;
      part.setAttribute("aria-labelledby", title.id);
      part.append(title);
      for (const item of group.items) {
        const option = document.createElement("a");
        option.id = `${box.id}-${number}`;
        option.href = item.url;
        option.tabIndex = -1;
        option.setAttribute("role", "option");
        const text = document.createElement("span");
        text.textContent = item.text;
        option.append(text);
        if (item.hint) {
          const hint = document.createElement("span");
          hint.className = "hint";
          hint.textContent = item.hint;
          option.append(hint);
        }
        part.append(option);
        number += 1;
      }
      box.append(part);
    }
    current = -1;
    box.hidden = number === 0;
    input.setAttribute("aria-expanded", String(number > 0));
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(input.value)}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) {
        show((await answer.json()).groups);
      }
    } catch (error) {
      // A newer question, or no network: the field searches all the same.
      if (error.name !== "AbortError") {
        close();
      }
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  input.addEventListener("input", soon);
  input.addEventListener("focus", () => !input.value && soon());
  input.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden) {
        ask();
      } else if (event.key === "ArrowDown") {
        choose(current + 1);
      } else {
        choose(current < 0 ? options().length - 1 : current - 1);
      }
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      options()[current].click();
    } else if (event.key === "Escape" && !box.hidden) {
      // The list goes, what was typed stays: the browser would empty a search field.
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
}
