"""The words that occur in names, for "did you mean"; and words that mean the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _


class WordKind(models.TextChoices):
    WORD = "word", _("word")
    BRAND = "brand", _("brand")
    CATEGORY = "category", _("category")
    MODEL = "model", _("model")
    SYNONYM = "synonym", _("synonym")


class SearchWord(models.Model):
    """A word that goods are found by, with its pinyin and initials and the number of goods it occurs in."""

    word = models.CharField(_("word"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=WordKind, default=WordKind.WORD)
    pinyin = models.CharField(_("pinyin"), max_length=300)
    initials = models.CharField(_("initials"), max_length=60, blank=True)
    goods = models.PositiveIntegerField(_("goods"))
    # What it is looked up by when it is mistyped or spelt: catalog.search.vocabulary_keys.
    keys = ArrayField(models.CharField(max_length=130), default=list, editable=False)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=WordKind.values), name="search_word_kind_is_known"
            )
        ]
        indexes = [
            GinIndex(fields=["keys"], name="search_word_keys", fastupdate=False),
            models.Index(OpClass("word", name="text_pattern_ops"), name="search_word_prefix"),
            models.Index(OpClass("pinyin", name="text_pattern_ops"), name="search_word_pinyin_prefix"),
            models.Index(OpClass("initials", name="text_pattern_ops"), name="search_word_initials_prefix"),
        ]

    def __str__(self) -> str:
        return self.word


class Synonym(models.Model):
    """Words under any of which goods named by another of them are found: 电脑, 计算机."""

    words = ArrayField(models.CharField(max_length=40), verbose_name=_("words"), unique=True)

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words__len__gte=2),
                name="synonyms_are_at_least_two",
                violation_error_message=_("Write at least two words that mean the same."),
            )
        ]

    def __str__(self) -> str:
        return "、".join(self.words)

    @classmethod
    def words_of_all(cls) -> Iterable[list[str]]:
        """The groups."""
        return cls.objects.order_by("pk").values_list("words", flat=True)
