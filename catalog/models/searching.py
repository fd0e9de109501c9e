"""What people search for: their own history and saved searches, demands for what nobody offers, counts of empty lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.categories import Category
from catalog.models.goods import Good
from zcy.money import QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor

LONGEST_QUERY = 100


class SearchHistoryQuerySet(models.QuerySet["SearchHistory"]):
    def visible_to(self, actor: Actor) -> Self:
        """A person's own."""
        return self.filter(user_id=actor.user_id or 0)


class SearchHistory(models.Model):
    """A query of a person, kept until the person clears it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="searches")
    query = models.CharField(_("query"), max_length=LONGEST_QUERY)
    # As `segmentation.normalise` writes it: the same words typed otherwise are one row.
    key = models.CharField(max_length=LONGEST_QUERY)
    at = models.DateTimeField(_("last time"))
    times = models.PositiveIntegerField(_("times"), default=1)

    objects = SearchHistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search of a person")
        verbose_name_plural = _("searches of people")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="search_is_once_in_a_history")]
        indexes = [models.Index(fields=["user", "-at"], name="search_history_user")]

    def __str__(self) -> str:
        return self.query


class SearchPreference(models.Model):
    """Whether what a person searches for is kept; without a row it is."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="search_preference"
    )
    keep_history = models.BooleanField(_("keep my searches"), default=True)

    class Meta:
        verbose_name = _("search preference")
        verbose_name_plural = _("search preferences")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.keep_history}"


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, actor: Actor) -> Self:
        """A person's own."""
        return self.filter(user_id=actor.user_id or 0)


class SavedSearch(models.Model):
    """A search under a name, whose person is told of new goods at most once a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    # The query string of the list, as `Filters.pairs` writes it.
    address = models.CharField(_("filters"), max_length=2000)
    tell = models.BooleanField(_("tell me of new goods"), default=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    # Goods that came on offer later are new.
    checked_at = models.DateTimeField(_("looked through"), db_default=Now())
    told_on = models.DateField(_("last told"), null=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_search_is_named_once"),
        ]
        indexes = [
            models.Index(fields=["checked_at", "id"], condition=models.Q(tell=True), name="saved_search_due")
        ]

    def __str__(self) -> str:
        return self.name


class DemandState(models.TextChoices):
    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed without an offer")


class DemandQuerySet(models.QuerySet["DemandRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """A buyer's people see what their unit asked for; the operator's staff all."""
        from accounts.roles import BUYER_ROLES, OPERATOR_ROLES

        if actor.has_role(*OPERATOR_ROLES):
            return self
        if actor.has_role(*BUYER_ROLES):
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def open(self) -> Self:
        return self.filter(state=DemandState.OPEN)


class DemandRequest(models.Model):
    """A buyer asks for a good that the search did not find."""

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="demands")
    query = models.CharField(_("wanted"), max_length=LONGEST_QUERY)
    # Words of the query in order of the alphabet: demands of the same words are answered together.
    key = models.CharField(max_length=LONGEST_QUERY, editable=False)
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The query string of the list that was empty.
    filters = models.CharField(_("filters"), max_length=2000, blank=True)
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    need_by = models.DateField(_("needed by"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=120)
    note = models.TextField(_("requirements"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DemandState, default=DemandState.OPEN)
    created_at = models.DateTimeField(_("asked"), db_default=Now())
    answer = models.TextField(_("answer"), blank=True)
    # What was found or put on sale for it.
    good = models.ForeignKey(Good, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("answered"), null=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DemandState.values), name="demand_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open")
                | (models.Q(decided_at__isnull=False) & ~models.Q(answer="")),
                name="decided_demand_has_an_answer",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="demanded_quantity_is_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["key"], condition=models.Q(state="open"), name="demand_open_key"),
            models.Index(fields=["organisation", "-id"], name="demand_organisation"),
        ]

    def __str__(self) -> str:
        return self.query


class EmptySearch(models.Model):
    """How often a query found nothing on a day, whoever asked."""

    key = models.CharField(_("wanted"), max_length=LONGEST_QUERY)
    day = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("search without hits")
        verbose_name_plural = _("searches without hits")
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="empty_search_is_counted_by_day")]
        indexes = [models.Index(fields=["day"], name="empty_search_day")]

    def __str__(self) -> str:
        return f"{self.key}: {self.times}"
