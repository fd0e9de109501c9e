"""The words that occur in names, for "did you mean"; and words that mean the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchWord(models.Model):
    """A word of the index with its pinyin and the number of goods it occurs in."""

    word = models.CharField(_("word"), max_length=80, unique=True)
    pinyin = models.CharField(_("pinyin"), max_length=300)
    goods = models.PositiveIntegerField(_("goods"))

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_trigram"),
            GinIndex(OpClass("pinyin", name="gin_trgm_ops"), name="search_word_pinyin"),
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
            models.CheckConstraint(condition=models.Q(words__len__gte=2), name="synonyms_are_at_least_two")
        ]

    def __str__(self) -> str:
        return "、".join(self.words)

    @classmethod
    def words_of_all(cls) -> Iterable[list[str]]:
        """The groups."""
        return cls.objects.order_by("pk").values_list("words", flat=True)
