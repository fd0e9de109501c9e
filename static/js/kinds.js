// Of a form that asks for different things by kind, only those of the chosen kind are shown; the others are not sent.
export function wire() {
  if (document.body.dataset.kinds) {
    return;
  }
  document.body.dataset.kinds = "wired";
  const show = (form) => {
    const kind = form.querySelector("select[name$='-kind']")?.value;
    for (const field of form.querySelectorAll("[data-for-kinds]")) {
      const wanted = field.dataset.forKinds.split(" ").includes(kind);
      field.disabled = !wanted;
      field.closest(".form-row").hidden = !wanted;
    }
  };
  const all = () => document.querySelectorAll(".inline-related");
  all().forEach(show);
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[name$='-kind']")) {
      show(event.target.closest(".inline-related"));
    }
  });
}
