// The star beside a good: kept and let go without leaving the page. Without it the link opens a page that asks for the list.
const wired = new WeakSet();

export function wire(scope) {
  const page = document.querySelector("[data-favourites]");
  const kept = new Set((page?.dataset.favourites ?? "").split(" "));
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!page || !token) {
    return;
  }
  for (const link of scope.querySelectorAll("[data-favourite]")) {
    if (!wired.has(link)) {
      wired.add(link);
      star(link, page, token, kept.has(link.dataset.favourite));
    }
  }
}

function star(link, page, token, kept) {
  link.setAttribute("role", "button");
  const text = link.querySelector("span");
  const show = (on) => {
    link.setAttribute("aria-pressed", String(on));
    link.querySelector("i").className = on ? "bi bi-star-fill" : "bi bi-star";
    text.textContent = on ? page.dataset.kept : page.dataset.keep;
  };
  show(kept);
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      link.click();
    }
  });
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const on = link.getAttribute("aria-pressed") === "true";
    show(!on);
    try {
      const answer = await fetch(`/buyer/favourites/${on ? "remove" : "add"}/`, {
        method: "POST",
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        body: new URLSearchParams({ good: link.dataset.favourite }),
      });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
    } catch {
      show(on);
      location.assign(link.href);
    }
  });
}
