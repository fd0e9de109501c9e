"""Words that invented names are made of."""

from __future__ import annotations

import random
from pathlib import Path

_LISTS = {
    name: words.split()
    for name, _, words in (
        line.partition(": ")
        for line in (Path(__file__).parent / "data" / "words.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
}
GIVEN, ROADS, STREETS = _LISTS["given"], _LISTS["roads"], _LISTS["streets"]
COUNTY_BODIES, COUNTY_INSTITUTIONS = _LISTS["county_bodies"], _LISTS["county_institutions"]
PROVINCE_BODIES = _LISTS["province_bodies"]
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_MIDDLES = "".join(dict.fromkeys("".join(GIVEN) + "志文国海晓玉春雨思佳俊嘉子浩欣若铭承学振立"))
FANCY_HEADS = "启沐衡澄瀚骏锦睿铂凌泓誉朗臻翊璟昱岚湛钧禾舜璞霁筑桥栎旷砺屿砚"
FANCY_TAILS = "川航辰达源泽远帆森泰邦科博信诺恒威盛悦图联创羽承讯峰谷宸尚维"
ORDINALS = "一二三四五六七八九"
AREA_CODES = {
    "3301": "0571", "3302": "0574", "3303": "0577", "3304": "0573", "3305": "0572", "3306": "0575",
    "3307": "0579", "3308": "0570", "3309": "0580", "3310": "0576", "3311": "0578",
}  # fmt: skip
BUSINESS = {
    "it": ("信息技术", "计算机", "数码科技"),
    "net": ("网络技术", "通信科技", "系统集成"),
    "office": ("办公设备", "文仪设备", "办公自动化"),
    "av": ("视听科技", "智能科技", "电教设备"),
    "appliance": ("电器", "机电设备", "制冷设备"),
    "furniture": ("家具", "校具", "办公家具"),
    "supplies": ("办公用品", "商贸", "文化用品"),
    "medical": ("医疗器械", "科教仪器", "仪器设备"),
    "service": ("印务", "图文", "印刷"),
}
REVIEWS = {
    5: (
        "送货及时，包装完好，非常满意。",
        "质量好，服务周到。",
        "安装师傅很专业，值得推荐。",
        "发票齐全，流程规范。",
    ),
    4: ("总体满意，物流稍慢。", "质量不错，价格适中。", "服务态度好。"),
    3: ("一般，配件少了一件后补发。", "包装有破损，已协商解决。"),
    2: ("到货比承诺晚，沟通不及时。", "与描述有出入。"),
    1: ("多次催促才送货，售后推诿。",),
}


def person(rng: random.Random) -> str:
    """A person's name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def full_name(rng: random.Random) -> str:
    """A person's name of three characters, from hundreds of thousands."""
    return rng.choice(SURNAMES) + rng.choice(_MIDDLES) + rng.choice(_MIDDLES)


def landline(rng: random.Random, region: str) -> str:
    """A landline number with the city's area code."""
    return f"{AREA_CODES.get(region[:4], '0571')}-8{rng.randrange(10**7):07d}"


def address(rng: random.Random, place: str) -> str:
    """A street address in a place."""
    tail = rng.choice(("", "", f"{rng.randint(1, 9)}幢{rng.randint(1, 20)}0{rng.randint(1, 9)}室"))
    return f"{place}{rng.choice(ROADS)}{rng.randint(1, 899)}号{tail}"
