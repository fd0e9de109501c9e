"""Holidays, working days and the text of times; a time is whole seconds of local clock since day 0."""

from __future__ import annotations

from datetime import date, timedelta

DAY = 86_400

#: State Council notices: (first, last) days off and make-up working days, by year.
OFF: dict[int, list[tuple[str, str]]] = {
    2023: [("01-01", "01-02"), ("01-21", "01-27"), ("04-05", "04-05"), ("04-29", "05-03"), ("06-22", "06-24"),
           ("09-29", "10-06")],
    2024: [("01-01", "01-01"), ("02-10", "02-17"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-08", "06-10"),
           ("09-15", "09-17"), ("10-01", "10-07")],
    2025: [("01-01", "01-01"), ("01-28", "02-04"), ("04-04", "04-06"), ("05-01", "05-05"), ("05-31", "06-02"),
           ("10-01", "10-08")],
    2026: [("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"),
           ("09-25", "09-27"), ("10-01", "10-07")],
}  # fmt: skip
MADE_UP: dict[int, list[str]] = {
    2023: ["01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"],
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
#: What is certain in a year whose notice is not out.
PLAIN_OFF = [("01-01", "01-01"), ("05-01", "05-02"), ("10-01", "10-03")]


def holiday_kinds(first: date, last: date) -> dict[date, str]:
    """`holiday` and `workday` for every day of a notice between two dates, both included."""
    kinds: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        for begin, end in OFF.get(year, PLAIN_OFF):
            day, stop = date.fromisoformat(f"{year}-{begin}"), date.fromisoformat(f"{year}-{end}")
            while day <= stop:
                kinds[day] = "holiday"
                day += timedelta(days=1)
        for text in MADE_UP.get(year, []):
            kinds[date.fromisoformat(f"{year}-{text}")] = "workday"
    return {day: kind for day, kind in sorted(kinds.items()) if first <= day <= last}


class Calendar:
    """Days of a market as whole numbers; knows working days and writes times as text."""

    def __init__(self, first: date, last: date, margin: int = 400) -> None:
        self.base = first - timedelta(days=margin)
        number = (last - first).days + 2 * margin
        self.kinds = holiday_kinds(self.base, self.base + timedelta(days=number))
        self.dates = [self.base + timedelta(days=n) for n in range(number)]
        self.texts = [day.isoformat() for day in self.dates]
        self.working = [
            self.kinds.get(day, "workday" if day.weekday() < 5 else "holiday") == "workday"
            for day in self.dates
        ]
        self.count: list[int] = []
        total = 0
        for works in self.working:
            total += works
            self.count.append(total)
        self.first = self.number(first)
        self.last = self.number(last)
        #: The first second after the market's last day.
        self.stop = (self.last + 1) * DAY

    def number(self, day: date) -> int:
        """The number of a date."""
        return (day - self.base).days

    def wd(self, begin: int, end: int) -> int:
        """Working days d with begin < d ≤ end, as in rule-definitions.md."""
        return max(0, self.count[end] - self.count[begin])

    def add_wd(self, day: int, number: int) -> int:
        """The first day that lies `number` working days after `day`."""
        goal = self.count[day] + number
        while self.count[day] < goal:
            day += 1
        return day

    def text(self, moment: int) -> str:
        """ISO 8601 with the offset of China."""
        day, second = divmod(moment, DAY)
        return f"{self.texts[day]}T{second // 3600:02d}:{second % 3600 // 60:02d}:{second % 60:02d}+08:00"
