"""The words that the platform is shipped with; the operator adds others and switches off what does not suit."""

from __future__ import annotations

from typing import Final

from django.db import connection

from catalog.models.checks import CheckedWord, WordKind

# 广告法 (2021), article 9 (3): “国家级”“最高级”“最佳” and the like. Named ones are refused, their kin doubted, because a
# person has to read what they are said of (最大幅面 is a fact, so it is not here).
REFUSED_SUPERLATIVES: Final = [
    "国家级",
    "最高级",
    "最佳",
    "世界级",
    "顶级",
    "全国第一",
    "全网第一",
    "销量第一",
    "排名第一",
]
DOUBTED_SUPERLATIVES: Final = [
    "最好",
    "最优",
    "最低价",
    "最便宜",
    "最先进",
    "最强",
    "最新科技",
    "第一品牌",
    "独一无二",
    "极致",
    "极品",
    "王牌",
    "领导品牌",
    "驰名商标",
    "绝无仅有",
    "史无前例",
    "全网最低",
    "史上最低",
    "no1",
    "no.1",
    "top1",
]
CONTACTS: Final = [
    "旺旺",
    "淘宝店",
    "天猫店",
    "京东店",
    "拼多多店",
    "抖音店",
    "小程序下单",
    "线下交易",
    "私下交易",
    "联系客服加",
    "扫码加",
    "公众号",
]
LURES: Final = [
    "返现",
    "好评返",
    "刷单",
    "虚开",
    "多开发票",
    "另有优惠",
    "私聊优惠",
    "议价另谈",
    "清仓特价",
    "亏本",
    "拍下改价",
]
FORBIDDEN: Final = [
    "高仿",
    "仿品",
    "a货",
    "水货",
    "走私",
    "翻新机",
    "三无产品",
    "特供",
    "专供",
]
SHIPPED: Final = (
    *((word, WordKind.SUPERLATIVE, True) for word in REFUSED_SUPERLATIVES),
    *((word, WordKind.SUPERLATIVE, False) for word in DOUBTED_SUPERLATIVES),
    *((word, WordKind.CONTACT, False) for word in CONTACTS),
    *((word, WordKind.ADVERTISING, False) for word in LURES),
    *((word, WordKind.FORBIDDEN, False) for word in FORBIDDEN),
)


def load_words() -> None:
    """Add what is not there yet and take out what is no longer shipped; what the operator has changed stays changed."""
    if CheckedWord._meta.db_table in connection.introspection.table_names():
        CheckedWord.objects.filter(shipped=True).exclude(word__in=[word for word, *_ in SHIPPED]).delete()
        CheckedWord.objects.bulk_create(
            [
                CheckedWord(word=word, kind=kind, blocks=blocks, shipped=True)
                for word, kind, blocks in SHIPPED
            ],
            ignore_conflicts=True,
        )
