"""Goods that people keep in lists, and the price they had then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.goods import Good
from zcy.money import MoneyField

if TYPE_CHECKING:
    from accounts.actor import Actor


class FavouriteListQuerySet(models.QuerySet["FavouriteList"]):
    def of(self, actor: Actor) -> Self:
        """A person's own lists."""
        return self.filter(user_id=actor.user_id or 0)

    def visible_to(self, actor: Actor) -> Self:
        """A person's own, and what colleagues share in the unit the person acts for."""
        shared = models.Q(shared=True, organisation_id=actor.organisation_id or 0)
        return self.filter(models.Q(user_id=actor.user_id or 0) | shared)


class FavouriteList(models.Model):
    """A list of favourites of a person, which colleagues may be let read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="favourite_lists")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="favourite_lists")
    name = models.CharField(_("name"), max_length=60)
    shared = models.BooleanField(_("my colleagues may read it"), default=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects = FavouriteListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of favourites")
        verbose_name_plural = _("lists of favourites")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="favourite_list_is_named_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="favourite_list_has_a_name"),
        ]
        indexes = [
            models.Index(
                fields=["organisation"], condition=models.Q(shared=True), name="favourite_list_shared"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    def visible_to(self, actor: Actor) -> Self:
        """A person's own."""
        return self.filter(user_id=actor.user_id or 0)


class Favourite(models.Model):
    """A good in a person's list; a good stands in one list of a person."""

    list = models.ForeignKey(FavouriteList, on_delete=models.CASCADE, related_name="favourites")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="favourites")
    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="favourites")
    note = models.CharField(_("note"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added"), db_default=Now())
    # The lowest price when it was added; none = nobody offered it.
    price_then = MoneyField(_("price when added"), null=True)
    # The lowest price that the person knows of: that of the adding, or of the last notice.
    known_price = MoneyField(_("price last told"), null=True)
    # Told that it is no longer offered.
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ["-added_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "good"], name="good_is_a_favourite_once")]
        indexes = [models.Index(fields=["list", "-added_at", "-id"], name="favourite_list_order")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.good_id}"
