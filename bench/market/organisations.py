"""Buyers, suppliers, finance bureaus, who owns whom, and their people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from bench.market import demo, uscc, words
from bench.market.regions import Region, cities, counties, regions
from bench.market.sizes import MISSING, Settings

#: The share of suppliers that deliver late and badly: credit must tell them apart.
POOR_SUPPLIERS = 0.1


@dataclass
class Organisation:
    """A row of organisations.csv."""

    id: str
    kind: str
    name: str
    uscc: str
    region: Region
    size: str = ""
    legal_person: str = ""
    phone: str = ""
    address: str = ""
    founded_on: str = ""
    licence_expires_on: str = ""
    excluded_from: str = ""
    excluded_to: str = ""

    def row(self) -> tuple[str, ...]:
        """The cells in the order of the file."""
        return (
            self.id, self.kind, self.name, self.uscc, self.region.code, self.size, self.legal_person, self.phone,
            self.address, self.founded_on, self.licence_expires_on, self.excluded_from, self.excluded_to,
        )  # fmt: skip


@dataclass
class Buyer(Organisation):
    """A buying unit; `sort` decides what it buys."""

    sort: str = "bureau"
    purchasers: list[str] = field(default_factory=list)
    acceptors: list[str] = field(default_factory=list)
    favourites: dict[str, list[int]] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)


@dataclass
class Supplier(Organisation):
    """A supplier; `kin` is equal for suppliers that are related."""

    index: int = 0
    kin: int = 0
    groups: tuple[str, ...] = ()
    weight: float = 1.0
    level: float = 0.0
    late: float = 0.05
    quality: float = 0.95


def _dates(rng: Random, end: date) -> tuple[str, str]:
    founded = date(1996, 1, 1) + timedelta(days=rng.randrange(10_000))
    expires = end + timedelta(days=rng.randint(60, 3600))
    return founded.isoformat(), expires.isoformat() if rng.random() > 0.3 else ""


def _fresh(seen: set[str], make: Callable[[], str]) -> str:
    """A value nobody has yet: equal ones would make strangers related."""
    value = make()
    while value in seen:
        value = make()
    seen.add(value)
    return value


def _blank(rng: Random, organisation: Organisation) -> None:
    for name in ("legal_person", "phone", "address", "founded_on"):
        if rng.random() < MISSING:
            setattr(organisation, name, "")


def _buyer_name(rng: Random, region: Region) -> tuple[str, str, str]:
    """(name, sort, authority and type digits of its code)."""
    place = region.name if region.tier != "province" else "浙江省"
    if region.tier == "province":
        return place + rng.choice(words.PROVINCE_BODIES), "bureau", "11"
    draw = rng.random()
    if draw < 0.42:
        ordinal = rng.choice(words.ORDINALS)
        street = rng.choice(words.STREETS)
        name = rng.choice(
            (f"第{ordinal}初级中学", f"第{ordinal}小学", f"{street}中心小学", f"{street}幼儿园", f"{street}初级中学",
             "高级中学", "中等职业技术学校", "实验小学", "教师进修学校")
        )  # fmt: skip
        return place + name, "school", "12"
    if draw < 0.56:
        street = rng.choice(words.STREETS)
        name = rng.choice(
            ("人民医院", "中医院", "妇幼保健院", "第二人民医院", f"{street}社区卫生服务中心", "康复医院")
        )
        return place + name, "hospital", "12"
    if draw < 0.68:
        return (
            place + rng.choice(words.STREETS) + ("街道办事处" if place[-1] in "区市" else "镇人民政府"),
            "bureau",
            "11",
        )
    if draw < 0.75:
        return place + rng.choice(words.COUNTY_INSTITUTIONS), "institution", "12"
    body = rng.choice(words.COUNTY_BODIES)
    if region.tier == "city" and body == "公安分局":
        body = "公安局"
    return place + body, "police" if body in {"公安分局", "公安局", "综合行政执法局"} else "bureau", "11"


def make_buyers(settings: Settings) -> list[Buyer]:
    """All buyers; the first two are those of the demonstration."""
    rng = settings.rng("buyers")
    tree = regions()
    places = counties()
    found: list[Buyer] = []
    names: set[str] = set()
    fixed = [
        (demo.SCHOOL, "桐庐县春江第三初级中学", demo.SCHOOL_REGION, "school"),
        (demo.HOSPITAL, "宁波市甬江第二医院", demo.HOSPITAL_REGION, "hospital"),
    ]
    for number in range(1, settings.size.buyers + 1):
        if number <= len(fixed):
            id_, name, code, sort = fixed[number - 1]
            region, digits = tree[code], "12"
        else:
            draw = rng.random()
            region = tree["330000"] if draw < 0.04 else rng.choice(cities() if draw < 0.2 else places)
            if 0.2 <= draw < 0.26:
                region = tree[demo.SCHOOL_REGION]
            name, sort, digits = _buyer_name(rng, region)
            while name in names:
                name, sort, digits = _buyer_name(rng, region := rng.choice(places))
            id_ = f"B{number:05d}"
        names.add(name)
        code = uscc.make(rng, digits, region.code, number)
        buyer = Buyer(id_, "buyer", name, code, region, sort=sort)
        buyer.legal_person = words.person(rng)
        buyer.phone = words.landline(rng, region.code)
        buyer.address = words.address(rng, region.name)
        buyer.founded_on = _dates(rng, settings.end)[0]
        if number > len(fixed):
            _blank(rng, buyer)
        found.append(buyer)
    return found


def make_suppliers(settings: Settings) -> list[Supplier]:
    """All suppliers; the first two sell everywhere and nearly everything."""
    rng = settings.rng("suppliers")
    weights = [4, 3, 2, 1, 1, 2, 2, 1, 1, 1, 1]
    groups = list(words.BUSINESS)
    popularity = [9, 4, 8, 4, 6, 6, 12, 4, 2]
    found: list[Supplier] = []
    names: set[str] = set()
    seen: set[str] = set()
    for number in range(1, settings.size.suppliers + 1):
        city = rng.choices(cities(), weights)[0]
        main = rng.choices(groups, popularity)[0]
        others = rng.sample([g for g in groups if g != main], rng.choice((0, 1, 1, 2, 2, 3)))
        size = rng.choices(("micro", "small", "medium", "large"), (35, 45, 16, 4))[0]
        if number <= 2:
            city, main, size = cities()[number - 1], "office", "medium"
            others = [g for g in groups if g not in {"office", "service", "medical"}]
        name = ""
        while not name or name in names:
            fancy = rng.choice(words.FANCY_HEADS) + rng.choice(words.FANCY_TAILS)
            if number > 1000 or settings.size.suppliers > 4000:
                fancy += rng.choice(words.FANCY_TAILS)
            name = f"{city.name[:-1]}{fancy}{rng.choice(words.BUSINESS[main])}有限公司"
        names.add(name)
        code = uscc.make(rng, "91", city.code[:4] + "00", number)
        supplier = Supplier(
            f"S{number:05d}", "supplier", name, code, city, size=size, index=number - 1, kin=number - 1
        )
        supplier.legal_person = _fresh(seen, partial(words.full_name, rng))
        supplier.phone = _fresh(seen, partial(words.landline, rng, city.code))
        supplier.address = _fresh(seen, partial(words.address, rng, city.name))
        supplier.founded_on, supplier.licence_expires_on = _dates(rng, settings.end)
        supplier.groups = (main, *others)
        supplier.weight = 3.0 if number <= 2 else rng.paretovariate(2.0)
        supplier.level = rng.gauss(0.0, 0.4 * settings.sigma)
        supplier.late = 0.03 if number <= 2 else rng.betavariate(1.2, 22)
        supplier.quality = 0.97 if number <= 2 else rng.betavariate(28, 1.6)
        if number > 2 and rng.random() < POOR_SUPPLIERS:
            supplier.late, supplier.quality = rng.uniform(0.18, 0.5), rng.uniform(0.65, 0.85)
        if number > 2:
            _blank(rng, supplier)
        found.append(supplier)
    return found


def make_shareholdings(settings: Settings, suppliers: list[Supplier]) -> list[tuple[str, str, str]]:
    """Rows of shareholdings.csv; related groups get one `kin`, and some share a phone or a legal person."""
    rng = settings.rng("shareholdings")
    rows: list[tuple[str, str, str]] = []
    holders: set[str] = set()
    free = suppliers[2:]
    rng.shuffle(free)
    while free and len(free) > len(suppliers) * 0.9:
        members = [free.pop() for _ in range(min(len(free), rng.choice((2, 2, 3))))]
        head = members[0]
        holder = _fresh(holders, partial(words.full_name, rng))
        for member in members[1:]:
            member.kin = head.kin
            way = rng.random()
            if way < 0.4:
                rows.append((member.id, head.id, f"{rng.choice((0.3, 0.51, 0.6)):.2f}"))
            elif way < 0.8 or not head.phone:
                rows.append((head.id, holder, "0.35"))
                rows.append((member.id, holder, "0.40"))
            else:
                member.phone = head.phone
    unique = sorted(set(rows))
    for supplier in suppliers:
        if rng.random() > MISSING:
            share = rng.choice((0.2, 0.15, 0.1))
            unique.append((supplier.id, words.full_name(rng), f"{share:.2f}"))
    return unique


def make_bureaus(settings: Settings) -> list[Organisation]:
    """The finance bureau of every region."""
    rng = settings.rng("bureaus")
    found = []
    for number, region in enumerate(regions().values(), start=900_000):
        name = f"{region.name}财政厅" if region.tier == "province" else f"{region.name}财政局"
        bureau = Organisation(
            f"G{region.code}", "supervisor", name, uscc.make(rng, "11", region.code, number), region
        )
        bureau.phone = words.landline(rng, region.code)
        bureau.address = words.address(rng, region.name)
        found.append(bureau)
    return found


def make_users(
    settings: Settings, buyers: list[Buyer], suppliers: list[Supplier], bureaus: list[Organisation]
) -> list[tuple[str, str, str, str]]:
    """Rows of users.csv; fills the buyers' lists of purchasers and acceptors."""
    rng = settings.rng("users")
    rows: list[tuple[str, str, str, str]] = []

    def add(organisation: Organisation, role: str, number: int = 1) -> str:
        id_ = f"{organisation.id}-{role}" + ("" if number == 1 else str(number))
        rows.append((id_, organisation.id, role, words.person(rng)))
        return id_

    for buyer in buyers:
        buyer.purchasers = [add(buyer, "purchaser", n + 1) for n in range(rng.choice((1, 2, 2, 3)))]
        buyer.acceptors = [add(buyer, "acceptor", n + 1) for n in range(rng.choice((1, 1, 2)))]
        for role in ("approver", "finance", "manager"):
            add(buyer, role)
    for supplier in suppliers:
        for number in range(rng.choice((1, 1, 2))):
            add(supplier, "seller", number + 1)
        add(supplier, "manager")
    for bureau in bureaus:
        add(bureau, "supervisor")
        add(bureau, "lead")
    return rows
