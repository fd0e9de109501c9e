"""What words of titles mean, as far as it tells one good from another. Knowledge of the trade, kept as data."""

from __future__ import annotations

from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    """Words between blanks."""
    return tuple(text.split())


def _grouped(text: str) -> tuple[tuple[str, ...], ...]:
    """Groups between blanks, words between slashes."""
    return tuple(tuple(group.split("/")) for group in text.split())


def _mapped(text: str) -> dict[str, str]:
    """`word=meaning` between blanks."""
    pairs = (pair.rsplit("=", 1) for pair in text.split())
    return {pair[0]: pair[1] for pair in pairs}


# What is used with a good and is sold under its model: a cartridge for a printer is not the printer.
ACCESSORIES: Final = _listed("""
    硒鼓 粉盒 墨粉盒 墨盒 墨粉 碳粉 墨水 色带架 色带 鼓架 鼓组件 感光鼓 成像鼓 废粉盒 喷头 打印头
    加热组件 定影器 定影膜 搓纸轮 分页器 纸盒组件 电源适配器 适配器 充电器 充电线 电源线 数据线 连接线
    扩展坞 电池 电池包 保护套 保护壳 贴膜 钢化膜 键盘膜 内胆包 电脑包 背包 手写笔 触控笔 支架 挂架
    壁挂架 吊架 底座 移动推车 滤芯 滤网 滤棉 遥控器 灯泡 投影灯 镜头盖 读卡器 转接头 转换器 笔芯 替芯
    刀片 刀头 脚轮 扶手 坐垫 头枕 桌布 抽屉 锁芯 延保 上门安装费 安装费 维修 说明书 收纳袋 三脚架
    存储卡 内存条 固态硬盘 机械硬盘 硬盘 风扇罩 水箱 清洁剂 碎纸袋 碎纸机油 订书针 替换装 补充装 润滑油
    机油
""")
# Before it: it only comes along.
COMES_ALONG: Final = _listed("""
    含 送 赠 配 带 附 加 无 不含 不带 内置 双 有
""")
# Words of which a good is one and not the other.
EXCLUSIVE: Final = _grouped("""
    有线/无线 黑白/彩色 变频/定频 冷暖/单冷 挂机/柜机 壁挂式/立柜式 单面/双面 单门/双门/三门/四门/多门
    单人/双人/三人/四人 单层/双层 滚筒/波轮 激光/喷墨/针式/热敏/热转印 固态/机械
    立式/台式/壁挂式/手持式 左手/右手 男款/女款 男/女 长袖/短袖 夏装/冬装 实木/板式/钢制
    牛皮/西皮/布艺/网布/pu皮 按动/拔帽/拔盖 抽纸/卷纸/擦手纸/盘纸/面巾纸 红茶/绿茶/白茶/黄茶/花茶
    干粉/二氧化碳/水基 枪机/半球/球机 单肩/双肩 电动/手动 平板/馈纸/滚筒式 大号/中号/小号/特大号
    加厚/薄款 网络版/单机版 标准版/专业版/企业版/家庭版 特级/一级/二级 罐装/袋装/瓶装/盒装/礼盒
    圆头/斜头/平头 横格/方格/空白 碎粒/条状 四件套/两件套 可擦/不可擦 油性/水性 直角/弧形 带锁/无锁
    有扶手/无扶手 单开/双开 洗手液/洗洁精/洗衣液/洗衣粉/消毒液/洁厕灵 84/酒精
    篮球/足球/排球/乒乓球/羽毛球 文件柜/更衣柜/书柜/保密柜/资料柜 会议桌/办公桌/课桌/阅览桌
    会议椅/办公椅/培训椅/课椅
""")
# Other words for the same thing.
SAME_ACCESSORY: Final = _mapped("""
    碳粉=墨粉 粉盒=墨粉 墨粉盒=墨粉 触控笔=手写笔 挂架=壁挂架 吊架=壁挂架 色带架=色带 替芯=笔芯
    电池包=电池 鼓组件=鼓架 感光鼓=鼓架 成像鼓=鼓架 保护壳=保护套 钢化膜=贴膜 滤网=滤芯 滤棉=滤芯
    补充装=替换装 充电器=适配器 电源适配器=适配器 墨盒=硒鼓 机油=润滑油 碎纸机油=润滑油 连接线=数据线
    投影灯=灯泡 移动推车=支架
""")
SAME_WORD: Final = _mapped("""
    铁皮=钢制 优盘=u盘 闪存盘=u盘 麦克风=话筒 投影机=投影仪 幕布=投影幕 接线板=插座 插线板=插座
    插排=插座 面巾纸=抽纸 电脑=计算机 座机=电话机 扫描枪=扫描器 签字笔=中性笔 水笔=中性笔 打印纸=复印纸
    电风扇=风扇 落地扇=风扇 冰箱=电冰箱 乙醇=酒精
""")
# Latin words right behind a model that make it another one.
VARIANTS: Final = _listed("""
    plus pro max mini lite ultra turbo air se
""")
COLOURS: Final = _listed("""
    黑 白 红 蓝 黄 绿 灰 银 金 粉 紫 青 品红 橙 棕 咖啡 胡桃 橡木 樱桃 米
""")
# Not colours, though they are written like them.
NOT_COLOURS: Final = _listed("""
    黑白 白板 黑板 红外 蓝牙 金属 白酒 绿色环保 白茶 红茶 绿茶 青春版 黄金 米白 白炽 青年 粉盒 粉碎
    银行 蓝光
""")
# What sellers write around a good, and what is not part of it.
CONDITIONS: Final = _listed("""
    起订 起购 仅限 限购 包邮 现货 促销 特价 正品 联保 发票 送货上门 定制 新品 爆款 热卖 官方 旗舰店
    秒杀 政府采购 质保 免费 咨询 急速 当天发
""")
FILLERS: Final = frozenset(
    _listed("""
    专用 个 件 企业 优质 全新 办公 包 升级 单位 卷 原装 只 台 品质 商用 国产 块 型 套 学生 家用 张 把
    支 政企 新款 本 条 款 现代 瓶 盒 简约 箱 系列 组 经典 通用 部 采购 高效 高清 高速
""")
)
# Units of measure: written = dimension * factor. Chinese counting units are dimensions of their own.
_UNITS: Final = _mapped("""
    gb=g*1 g=g*1 tb=g*1024 t=g*1024 克=g*1 kg=g*1000 公斤=g*1000 千克=g*1000 mm=mm*1 毫米=mm*1 cm=mm*10
    厘米=mm*10 公分=mm*10 m=mm*1000 米=mm*1000 ml=ml*1 毫升=ml*1 l=ml*1000 升=ml*1000 w=w*1 瓦=w*1
    kw=w*1000 千瓦=w*1000 va=va*1 kva=va*1000 匹=匹*1 p=匹*1 英寸=寸*1 寸=寸*1 吋=寸*1 ″=寸*1 "=寸*1
    hz=hz*1 流明=流明*1 万像素=万像素*1 口=口*1 孔=孔*1 位=位*1 联=联*1 格=格*1 页=页*1 页/分=页/分*1
    页/分钟=页/分*1 ppm=页/分*1 张=张*1 支=支*1 包=包*1 盒=盒*1 卷=卷*1 抽=抽*1 片=片*1 枚=枚*1 本=本*1
    瓶=瓶*1 袋=袋*1 提=提*1 层=层*1 门=门*1 人位=人*1 人=人*1 针=针*1 键=键*1 路=路*1 盘位=盘位*1
    级=级*1 倍=倍*1 色=色*1 节=节*1 粒=粒*1 根=根*1 双=双*1 只=只*1 个=个*1 件=件*1 套=套*1 mah=mah*1
    毫安=mah*1 毫安时=mah*1 ah=ah*1 安时=ah*1 mg=mg*1 毫克=mg*1 ul=μl*1 μl=μl*1 微升=μl*1 rpm=rpm*1
    r/min=rpm*1 转=rpm*1 mm2=平方*1 平方=平方*1 版=版*1 年级=年级*1 代=代*1 期=期*1 届=届*1 号=号*1 码=码*1 盘=盘*1 头=头*1
    芯=芯*1 档=档*1 星=星*1 度=度*1 目=目*1 件套=件套*1
""")
UNITS: Final = {unit: (meant.split("*")[0], meant.split("*")[1]) for unit, meant in _UNITS.items()}
NUMERALS: Final = _mapped("一=1 二=2 两=2 三=3 四=4 五=5 六=6 七=7 八=8 九=9 十=10 十一=11 十二=12 单=1 双=2")
# What machines are counted by, and what parts of them and supplies are.
MACHINES: Final = frozenset(_listed("台 辆 架 部"))
PARTS: Final = frozenset(_listed("片 条 副 根 粒 张 瓶 桶 袋 卷 盒 包 块 节 对 双 枚 套"))
