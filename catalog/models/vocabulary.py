"""The words that occur in names, for "did you mean" and suggestions."""

from __future__ import annotations

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
