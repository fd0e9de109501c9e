// The clock of a screen, in the platform's time whatever the machine on the wall believes.
const FORMAT = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

export function wire(scope) {
  for (const clock of scope.querySelectorAll("[data-clock]:not([data-wired])")) {
    clock.dataset.wired = "";
    const tick = () => {
      clock.textContent = FORMAT.format(new Date());
    };
    tick();
    setInterval(tick, 1000);
  }
}
