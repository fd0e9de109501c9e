"""The shop's tree of categories, mapped to the official codes, with the attributes that goods have."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _


class CategoryQuerySet(models.QuerySet["Category"]):
    def below(self, category: Category) -> Self:
        """The category itself and everything under it."""
        return self.filter(path__startswith=category.path)


class Category(models.Model):
    """A node of the tree; the code is that of 政府采购品目分类目录 (2022), or a market's own."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    # Codes from the root to this node, each followed by a slash: a subtree is a prefix.
    path = models.CharField(_("path"), max_length=300, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(_("depth"), default=0, editable=False)
    # rule-definitions.md, "Top-level category": below the single letter, or the root of another market's tree.
    top_code = models.CharField(
        _("top-level category"), max_length=40, blank=True, editable=False, db_index=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    # A leaf whose quantities are counted accepts whole numbers only.
    counted = models.BooleanField(_("counted in whole units"), default=True)
    order = models.PositiveIntegerField(_("position"), default=1000)
    goods_count = models.PositiveIntegerField(_("goods on sale"), default=0, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "code"]
        indexes = [models.Index(OpClass("path", name="text_pattern_ops"), name="category_path_prefix")]

    def __str__(self) -> str:
        return self.name


class AttributeType(models.TextChoices):
    CHOICE = "choice", _("one of a list")
    NUMBER = "number", _("number")
    TEXT = "text", _("text")
    BOOLEAN = "boolean", _("yes or no")


class CategoryAttribute(models.Model):
    """An attribute of the goods of a category; categories below inherit it."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="attributes")
    key = models.SlugField(_("key"), max_length=60)
    label = models.CharField(_("label"), max_length=60)
    label_en = models.CharField(_("English label"), max_length=60, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=AttributeType, default=AttributeType.TEXT)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    choices = models.JSONField(_("allowed values"), default=list, blank=True)
    required = models.BooleanField(_("required"), default=False)
    filterable = models.BooleanField(_("offered as a filter"), default=False)
    # Goods equal in all key attributes are the same thing to a purchaser.
    is_key = models.BooleanField(_("key attribute"), default=False)
    order = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("attribute of a category")
        verbose_name_plural = _("attributes of categories")
        ordering = ["order", "key"]
        constraints = [
            models.UniqueConstraint(fields=["category", "key"], name="attribute_key_is_unique_in_category"),
            models.CheckConstraint(
                condition=models.Q(type__in=AttributeType.values), name="attribute_type_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.key})"
