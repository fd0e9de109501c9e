// htmx in our ways: the token on every request, refusals shown where they belong, behaviours wired into new content.
export function wire(htmx, wireBehaviours) {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (token && event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = token;
    }
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    // A form that is refused comes back as a page with what was typed and what to mend.
    const refused = [400, 403, 404, 409, 422].includes(event.detail.xhr.status);
    const html = (event.detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
    if (refused && html) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.body.addEventListener(name, (event) => report(event.detail));
  }
  htmx.onLoad((content) => wireBehaviours(content));
}

function report(detail) {
  const place = document.getElementById("trouble");
  if (!place) {
    return;
  }
  const xhr = detail.xhr;
  const plain = (xhr?.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  place.querySelector("[data-trouble]").textContent = plain && xhr.responseText ? xhr.responseText : place.dataset.text;
  place.hidden = false;
}
