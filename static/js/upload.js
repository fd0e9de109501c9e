// <input type=file data-most-bytes data-too-large>: a file that is too large is told of when it is chosen, and not sent.
// It listens on the page, because the administration adds rows with files to its forms.
const LIMITED = "input[type=file][data-most-bytes]";
let listening = false;

function fits(input) {
  const large = [...input.files].some((file) => file.size > Number(input.dataset.mostBytes));
  input.setCustomValidity(large ? input.dataset.tooLarge : "");
  if (large) {
    input.reportValidity();
  }
  return !large;
}

export function wire() {
  if (listening) {
    return;
  }
  listening = true;
  document.addEventListener("change", (event) => event.target.matches(LIMITED) && fits(event.target));
  // Before any other listener, and whether or not the form leaves its checks to the platform.
  document.addEventListener("submit", (event) => {
    const large = [...event.target.querySelectorAll(LIMITED)].filter((input) => !fits(input));
    if (large.length) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
}
