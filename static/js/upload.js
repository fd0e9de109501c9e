// <form data-upload data-most-bytes data-too-large>: a file that is too large is told of before it is sent.
export function wire(scope) {
  const forms = scope.matches?.("form[data-upload]") ? [scope] : scope.querySelectorAll("form[data-upload]");
  for (const form of forms) {
    const input = form.querySelector("input[type=file]");
    input?.addEventListener("change", () => {
      const large = [...input.files].some((file) => file.size > Number(form.dataset.mostBytes));
      input.setCustomValidity(large ? form.dataset.tooLarge : "");
      input.reportValidity();
    });
  }
}
