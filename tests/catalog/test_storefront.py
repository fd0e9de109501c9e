"""A supplier's storefront: drafted, previewed, published, brought back, frozen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from accounts.actor import Actor
from accounts.models import Notice
from catalog import services
from catalog.errors import StoreRefused, StoreTextRefused
from catalog.models import CheckedWord, StoreFreeze, Storefront, StoreVersion
from catalog.storefront import Announcement, Content, Group
from catalog.text_doubts import text_doubts
from tests.catalog.factories import (
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
)
from tests.catalog.storefronts import draft, page, published, store_of
from zcy.errors import Conflict, Missing, NotAllowed
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def actor() -> Actor:
    return a_supplier_actor()


def typed(revision: Any = 1, **values: Any) -> dict[str, Any]:
    return {
        "revision": revision,
        "headline": "",
        "terms": "",
        "announcements-TOTAL_FORMS": "0",
        "announcements-INITIAL_FORMS": "0",
        "groups-TOTAL_FORMS": "0",
        "groups-INITIAL_FORMS": "0",
    } | values


def a_picture(width: int = 1600, height: int = 400) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(drawn, "PNG")
    return drawn.getvalue()


def test_a_draft_is_seen_by_nobody_until_it_is_published(client: Client, actor: Actor) -> None:
    draft(actor, headline="专营办公用品二十年", terms="七天无理由退货")
    assert "专营办公用品二十年" not in page(client, store_of(actor))
    mine = a_client_of(actor)
    assert "专营办公用品二十年" in page(mine, "/supplier/storefront/preview/")
    revision = Storefront.objects.get().revision
    assert mine.post("/supplier/storefront/publish/", {"revision": revision}).status_code == 302
    html = page(client, store_of(actor))
    assert "专营办公用品二十年" in html
    assert "七天无理由退货" in html
    assert AuditEntry.objects.filter(action="storefront.published").count() == 1


def test_the_form_keeps_banner_announcements_categories_and_terms(client: Client, actor: Actor) -> None:
    mine = a_client_of(actor)
    response = mine.post(
        "/supplier/storefront/",
        typed(
            headline="标题",
            terms="上门安装",
            banner=SimpleUploadedFile("b.png", a_picture(), content_type="image/png"),
            **{
                "announcements-TOTAL_FORMS": "2",
                "announcements-0-title": "国庆发货",
                "announcements-0-on": "2026-01-01",
                "announcements-0-until": "",
                "announcements-0-text": "照常发货",
                "announcements-1-title": "",
                "groups-TOTAL_FORMS": "2",
                "groups-0-name": "纸品",
                "groups-0-ORDER": "2",
                "groups-1-name": "设备",
                "groups-1-ORDER": "1",
            },
        ),
    )
    assert response.status_code == 302, response.content.decode()
    store = Storefront.objects.get()
    content = Content.read(store.draft)
    assert [group.name for group in content.groups] == ["设备", "纸品"]
    assert content.announcements[0].title == "国庆发货"
    assert str(store.banner.name).endswith(".webp")
    assert "标题" in page(mine, "/supplier/storefront/")
    services.publish_storefront(actor=actor, revision=store.revision)
    html = page(client, store_of(actor))
    for text in ("国庆发货", "照常发货", "上门安装", "设备", str(store.banner.name)):
        assert text in html
    assert client.get(f"/media/{store.banner.name}").status_code == 200


def test_groups_keep_their_listings_when_they_are_renamed_reordered_and_deleted(actor: Actor) -> None:
    first, second = (a_listing_on_sale(a_good(name), supplier=actor.organisation).pk for name in ("甲", "乙"))
    store = draft(actor, groups=(Group("纸品", (first,)), Group("设备", (second,))), featured=(first,))
    response = a_client_of(actor).post(
        "/supplier/storefront/",
        typed(
            store.revision,
            **{
                "groups-TOTAL_FORMS": "3",
                "groups-INITIAL_FORMS": "2",
                "groups-0-number": "0",
                "groups-0-name": "纸品",
                "groups-0-DELETE": "on",
                "groups-1-number": "1",
                "groups-1-name": "大设备",
                "groups-1-ORDER": "5",
                "groups-2-name": "新品",
                "groups-2-ORDER": "1",
            },
        ),
    )
    assert response.status_code == 302
    content = Content.read(Storefront.objects.get().draft)
    assert content.groups == (Group("新品"), Group("大设备", (second,)))
    assert content.featured == (first,)


@pytest.mark.parametrize(
    ("name", "upload", "said"),
    [
        ("b.png", b"\x89PNG no picture", "Upload a JPEG, PNG or WebP"),
        ("b.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Upload a JPEG, PNG or WebP"),
        ("b.png", b"small", ""),
    ],
)
def test_a_banner_is_checked_by_its_content_and_nothing_typed_is_lost(
    actor: Actor, name: str, upload: bytes, said: str
) -> None:
    if not said:
        upload, said = a_picture(120, 60), "at least 200 pixels"
    response = a_client_of(actor).post(
        "/supplier/storefront/", typed(headline="要保留的标题", banner=SimpleUploadedFile(name, upload))
    )
    html = response.content.decode()
    assert response.status_code == 400
    assert said in html
    assert "要保留的标题" in html
    assert not Storefront.objects.exclude(banner="").exists()


def test_a_picture_bomb_is_refused(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.pictures.MOST_PIXELS", 1000)
    with pytest.raises(StoreRefused, match="million pixels"):
        services.edit_storefront(
            actor=actor,
            revision=0,
            change=lambda present: present,
            banner=(io.BytesIO(a_picture()), 1000),
        )
    assert not Storefront.objects.exists()


def test_two_people_do_not_overwrite_each_other(actor: Actor) -> None:
    store = draft(actor, headline="一")
    services.edit_storefront(actor=actor, revision=store.revision, change=lambda _c: Content(headline="二"))
    with pytest.raises(Conflict):
        services.edit_storefront(
            actor=actor, revision=store.revision, change=lambda _c: Content(headline="三")
        )
    response = a_client_of(actor).post("/supplier/storefront/", typed(store.revision, headline="我写的"))
    assert response.status_code == 409
    assert "我写的" in response.content.decode()
    with pytest.raises(Conflict):
        services.publish_storefront(actor=actor, revision=store.revision)
    assert Content.read(Storefront.objects.get().draft).headline == "二"


@pytest.mark.parametrize(
    "text",
    [
        "订货请打13812345678",
        "电话 0571-64218800",
        "热线 400 123 4567",
        "详见 www.taobao.com/shop",
        "加微信：office_88",
        "QQ 12345678",
        "发邮件到 sales@example.com",
        "１３８１２３４５６７８",
        "支持线下交易",
    ],
)
def test_ways_off_the_platform_are_not_published(client: Client, actor: Actor, text: str) -> None:
    store = draft(actor, terms=text)
    with pytest.raises(StoreTextRefused, match="leads off the platform"):
        services.publish_storefront(actor=actor, revision=store.revision)
    response = a_client_of(actor).post(
        "/supplier/storefront/publish/", {"revision": store.revision}, follow=True
    )
    assert "leads off the platform" in response.content.decode()
    assert not StoreVersion.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "保修 24 个月，48 小时内上门",
        "型号 HP-M126A 现货",
        "满 2000 元包邮，编号 330106199001011",
        "微信支付暂不支持",
    ],
)
def test_ordinary_terms_are_published(actor: Actor, text: str) -> None:
    assert published(actor, terms=text).number == 1


def test_each_version_is_kept_and_can_be_shown_again(client: Client, actor: Actor) -> None:
    published(actor, headline="第一版")
    published(actor, headline="第二版")
    assert "第二版" in page(client, store_of(actor))
    mine = a_client_of(actor)
    assert "第一版" in page(mine, "/supplier/storefront/versions/1/")
    draft(actor, headline="正在写")
    assert mine.post("/supplier/storefront/versions/1/restore/").status_code == 302
    assert "第一版" in page(client, store_of(actor))
    newest = StoreVersion.objects.latest("id")
    assert (newest.number, newest.restored) == (3, 1)
    store = Storefront.objects.get()
    assert Content.read(store.draft).headline == "正在写"
    assert store.changed
    html = page(mine, "/supplier/storefront/versions/")
    assert "version 1 again" in html
    with pytest.raises(Missing):
        services.restore_storefront(actor=actor, number=9)


def test_the_operator_freezes_a_version_and_the_supplier_publishes_a_mended_one(
    client: Client, actor: Actor
) -> None:
    bad = published(actor, headline="全网最低价")
    with pytest.raises(NotAllowed):
        services.freeze_storefront(actor=actor, version_id=bad.pk, reason="keyword_stuffing", text="x")
    staff = a_catalog_actor()
    with pytest.raises(StoreRefused):
        services.freeze_storefront(actor=staff, version_id=bad.pk, reason="", text="x")
    services.freeze_storefront(actor=staff, version_id=bad.pk, reason="keyword_stuffing", text="删除“最低价”")
    assert "全网最低价" not in page(client, store_of(actor))
    mine = a_client_of(actor)
    assert "删除“最低价”" in page(mine, "/supplier/storefront/")
    assert Notice.objects.get(user=actor.user).kind == "store_frozen"
    assert "Your storefront was taken from the public" in page(mine, "/")
    with pytest.raises(StoreRefused, match="frozen"):
        services.restore_storefront(actor=actor, number=1)
    with pytest.raises(StoreRefused, match="already"):
        services.freeze_storefront(actor=staff, version_id=bad.pk, reason="keyword_stuffing", text="x")
    with pytest.raises(StoreRefused, match="mend it before"):
        published(actor, headline="全网最低价")
    published(actor, headline="诚信经营")
    assert "诚信经营" in page(client, store_of(actor))
    assert "Your storefront was taken from the public" not in page(mine, "/")
    assert StoreFreeze.objects.count() == 1


def test_the_operator_s_page_shows_what_is_doubtful_and_freezes(settings: Any, actor: Actor) -> None:
    version = published(actor, headline="全网最低价")
    staff = a_catalog_actor()
    assert staff.user
    settings.DEMONSTRATION = True
    staff.user.demonstration = True
    staff.user.save()
    browser = a_client_of(staff)
    assert "Look and freeze" in page(browser, "/admin/catalog/storeversion/")
    url = f"/admin/catalog/storeversion/{version.pk}/freeze/"
    assert "全网最低价" in page(browser, url)
    assert browser.post(url, {"reason": "keyword_stuffing", "text": ""}).status_code == 400
    assert browser.post(url, {"reason": "keyword_stuffing", "text": "改"}).status_code == 302
    assert StoreFreeze.objects.get().text == "改"


def test_a_published_version_is_never_changed(actor: Actor) -> None:
    from django.db import Error

    version = published(actor, headline="一")
    with pytest.raises(Error, match="append"), CaptureQueriesContext(connection):
        StoreVersion.objects.filter(pk=version.pk).update(content={})


def doubts(*texts: str) -> dict[str, tuple[str, bool]]:
    """What was seen → reason, and whether it is refused."""
    return {doubt.saw: (doubt.reason.code, doubt.blocks) for doubt in text_doubts(*texts)}


def test_the_operator_s_words_are_looked_for_in_every_text(actor: Actor) -> None:
    CheckedWord.objects.create(word="内部渠道", kind="contact", blocks=True)
    with pytest.raises(StoreTextRefused) as caught:
        published(actor, terms="走内部渠道更便宜")
    assert [doubt.saw for doubt in caught.value.doubts] == ["内部渠道"]
    with pytest.raises(StoreTextRefused):
        published(actor, announcements=(Announcement("好消息", "国家级品质"),))
    CheckedWord.objects.filter(word="内部渠道").update(active=False)
    assert published(actor, terms="走内部渠道更便宜").number == 1


def test_a_word_that_a_person_decides_is_shown_to_the_operator_and_holds_nothing_up(actor: Actor) -> None:
    assert doubts("极致体验") == {"极致": ("advertising_words", False)}
    assert published(actor, headline="极致体验").number == 1


def test_a_contact_is_named_once_and_what_may_be_one_is_only_looked_at(actor: Actor) -> None:
    assert doubts("电话13800138000") == {"13800138000": ("luring_off_platform", True)}
    assert doubts("电话一三八零零一三八零零零") == {"13800138000": ("luring_off_platform", False)}
    assert doubts("邮箱a.b@shop.cn") == {"a.b@shop.cn": ("luring_off_platform", True)}
    assert doubts("质保一年", "现货") == {}


def test_a_storefront_of_many_texts_takes_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        text_doubts(*[f"第{number}条说明" for number in range(40)])
    with django_assert_num_queries(0):
        text_doubts("", "")


@pytest.mark.parametrize("number", ["   ", "-1", "abc", "9" * 30, "１", "a/b"])
def test_a_hidden_number_that_is_none_keeps_what_was_typed(actor: Actor, number: str) -> None:
    data = typed(
        headline="请保留", **{"groups-TOTAL_FORMS": "1", "groups-0-number": number, "groups-0-name": "组"}
    )
    answer = a_client_of(actor).post("/supplier/storefront/", data)
    assert answer.status_code in {302, 400}
    assert answer.status_code == 302 or "请保留" in answer.content.decode()
