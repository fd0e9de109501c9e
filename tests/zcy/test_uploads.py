"""Files that are too large: told of in the browser, thrown away while they arrive, with all that was typed kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from catalog.models import ReferencePrice
from tests.catalog.factories import a_client_of, a_listing_on_sale, a_supplier_actor
from tests.catalog.good_factories import a_category_of_printers
from tests.factories import a_registered
from tests.factories.accounts import client_of, signed_in
from zcy import clock
from zcy.embedded.paths import PROJECT_ROOT
from zcy.uploads import MEGABYTE, MOST_OF_A_FORM, FilesTooLarge, LimitedFileField, RefusedFile, UploadLimit

pytestmark = pytest.mark.django_db
IMPORT = "/admin/accounts/exclusionentry/import/"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def a_file(megabytes: int, name: str = "file.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"x" * (megabytes * MEGABYTE))


def received(path: str, megabytes: int, count: int = 1) -> tuple[Any, list[Any]]:
    files = {f"file-{number}": a_file(megabytes, f"{number}.bin") for number in range(count)}
    request = RequestFactory().post(path, {"words": "typed", **files})
    return request.POST["words"], [request.FILES[name] for name in files]


def test_a_file_within_the_limit_of_its_view_arrives_whole() -> None:
    words, (file,) = received(IMPORT, 9)
    assert words == "typed"
    assert not isinstance(file, RefusedFile)
    assert len(file.read()) == 9 * MEGABYTE


def test_what_is_announced_as_too_long_is_read_for_what_was_typed_and_nothing_of_the_file_is_kept(
    monkeypatch: Any,
) -> None:
    def kept(*_args: Any) -> None:
        raise AssertionError("another handler heard of the file")

    for name in ("MemoryFileUploadHandler", "TemporaryFileUploadHandler"):
        monkeypatch.setattr(f"django.core.files.uploadhandler.{name}.new_file", kept)
    words, (file,) = received(IMPORT, 12)
    assert words == "typed"
    assert isinstance(file, RefusedFile)
    assert (file.name, file.size) == ("0.bin", 12 * MEGABYTE)
    with pytest.raises(FilesTooLarge):
        file.read()


def test_every_view_has_its_own_limit_and_the_others_what_the_proxy_lets_through() -> None:
    assert not isinstance(received("/supplier/imports/upload/", 30)[1][0], RefusedFile)
    assert isinstance(received("/supplier/storefront/", 7)[1][0], RefusedFile)
    assert not isinstance(received("/admin/catalog/good/add/", 20)[1][0], RefusedFile)
    assert isinstance(received("/admin/catalog/good/add/", 26)[1][0], RefusedFile)
    assert isinstance(received("/nowhere/", 2)[1][0], RefusedFile)
    proxy = (PROJECT_ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert f"client_max_body_size {MOST_OF_A_FORM // MEGABYTE + 1}m;" in proxy


def test_small_files_that_are_too_large_together_are_told_of_together() -> None:
    field = LimitedFileField(limit=UploadLimit(5 * MEGABYTE, "At most 5 MB."))
    files = received("/admin/catalog/good/add/", 4, 7)[1]
    assert all(isinstance(file, RefusedFile) for file in files)
    with pytest.raises(forms.ValidationError, match="together"):
        field.clean(files[0])
    with pytest.raises(forms.ValidationError, match="At most 5 MB"):
        field.clean(UploadedFile(size=5 * MEGABYTE + 1, name="a"))


# --- The forms ---


def every_form() -> Iterator[type[forms.BaseForm]]:
    # The pages are what imports the forms.
    assert patterns(get_resolver())
    for model_admin in admin.site._registry.values():
        yield model_admin.form
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        yield form


def patterns(resolver: Any) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in resolver.url_patterns:
        found += patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def test_every_file_of_a_form_has_a_limit_that_the_browser_knows() -> None:
    fields = [
        (form.__name__, name, field)
        for form in every_form()
        if form.__module__.split(".")[0] not in ("django", "allauth", "tests")
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField)
    ]
    assert len({form for form, _name, _field in fields}) >= 8
    for form, name, field in fields:
        assert isinstance(field, LimitedFileField), (form, name)
        assert field.widget.attrs["data-most-bytes"] == field.limit.most_bytes
        assert "MB" in str(field.widget.attrs["data-too-large"])


Attempt = tuple[Client, str, dict[str, Any], str, str]


def to_the_storefront() -> Attempt:
    rows = {
        f"{prefix}-{name}": "0" for prefix in ("announcements", "groups") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }  # fmt: skip
    typed = rows | {"revision": "0", "headline": "本店特色", "banner": a_file(7, "banner.png")}
    return (
        a_client_of(a_supplier_actor()),
        "/supplier/storefront/",
        typed,
        "本店特色",
        "A picture has at most 5 MB",
    )


def to_an_application() -> Attempt:
    made = a_registered()
    typed = {"action": "add_licence", "licence-kind": "business", "licence-number": "NO-4711",
             "licence-file": a_file(12, "scan.pdf")}  # fmt: skip
    return client_of(made.applicant), f"/suppliers/application/{made.pk}/", typed, "NO-4711", "at most 10 MB"


def to_a_contest() -> Attempt:
    actor = a_supplier_actor()
    good = a_listing_on_sale(supplier=actor.organisation).good
    reference = ReferencePrice.objects.create(
        good=good, seen_at="官网", kind="maker", price=Decimal(100), observed_at=clock.now()
    )
    typed = {"text": "此价不含税", "proof": a_file(22, "proof.pdf")}
    return (
        a_client_of(actor),
        f"/supplier/references/{reference.pk}/contest/",
        typed,
        "此价不含税",
        "at most 20 MB",
    )


def to_a_proposal() -> Attempt:
    actor = a_supplier_actor()
    category = a_category_of_printers()
    typed = {"name": "惠普 M126a 打印机", "picture": a_file(7, "picture.png")}
    return (
        a_client_of(actor),
        f"/supplier/goods/propose/?category={category.code}",
        typed,
        "惠普 M126a",
        "at most 5 MB",
    )


def to_the_references() -> Attempt:
    return (
        signed_in("catalog"),
        "/catalog/references/import/",
        {"file": a_file(22)},
        "",
        "at most 20 MB. Split",
    )


def to_the_exclusions() -> Attempt:
    return signed_in("onboarding"), IMPORT, {"file": a_file(12)}, "", "more than 10 MB: split it"


@pytest.mark.parametrize(
    "attempt",
    [to_the_storefront, to_an_application, to_a_contest, to_a_proposal, to_the_references, to_the_exclusions],
)
def test_the_form_comes_back_as_it_was_typed_and_says_what_is_right(attempt: Callable[[], Attempt]) -> None:
    browser, path, typed, kept, said = attempt()
    answer = browser.post(path, typed, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert kept in page
    assert "data-most-bytes" in page


def test_listings_that_are_too_large_answer_with_their_own_status() -> None:
    answer = a_client_of(a_supplier_actor()).post(
        "/supplier/imports/upload/", {"file": a_file(51, "a.csv")}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 413
    assert "larger than 50 MB" in answer.content.decode()
