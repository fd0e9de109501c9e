"""What stands ready below for those who need it: written by credit, orders and the academy, read by all."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from zcy.money import MoneyField


class Grade(models.TextChoices):
    AAA = "AAA"
    AA = "AA"
    A = "A"
    BBB = "BBB"
    BB = "BB"
    B = "B"
    C = "C"
    D = "D"


class SupplierStanding(models.Model):
    """What a supplier's credit means today. Written by credit; a supplier without a row is a newcomer."""

    supplier = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="standing"
    )
    grade = models.CharField(_("grade"), max_length=3, choices=Grade, default=Grade.BBB)
    provisional = models.BooleanField(_("provisional"), default=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    # Bounded to 0.90–1.10 (supervision-and-credit.md, section 5).
    ranking_factor = models.DecimalField(_("ranking factor"), max_digits=4, decimal_places=3, default=1)
    # Share of the usual performance deposit: 0 for AAA and AA, 0.5 for A, else 1.
    deposit_rate = models.DecimalField(_("deposit rate"), max_digits=3, decimal_places=2, default=1)
    deal_ceiling = MoneyField(_("deal ceiling"), null=True)
    suspended = models.BooleanField(_("suspended"), default=False)
    as_of = models.DateField(_("as of"), null=True)

    class Meta:
        verbose_name = _("standing of a supplier")
        verbose_name_plural = _("standings of suppliers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ranking_factor__gte="0.9") & models.Q(ranking_factor__lte="1.1"),
                name="ranking_factor_is_bounded",
            ),
            models.CheckConstraint(
                condition=models.Q(deposit_rate__gte=0) & models.Q(deposit_rate__lte=1),
                name="deposit_rate_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(grade__in=Grade.values), name="standing_grade_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.grade}"


class SupplierFigures(models.Model):
    """How a supplier serves: counted over the last 365 days each night. Written by orders."""

    supplier = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    orders = models.PositiveIntegerField(_("orders"), default=0)
    confirmed_in_time = models.FloatField(_("share confirmed within 1 working day"), null=True)
    delivered_in_time = models.FloatField(_("share delivered in time"), null=True)
    accepted_at_once = models.FloatField(_("share accepted at the first go"), null=True)
    # Orders of which something was refused at acceptance, among those accepted or refused.
    returned = models.FloatField(_("share with goods sent back"), null=True)
    stars = models.FloatField(_("mean stars"), null=True)
    evaluations = models.PositiveIntegerField(_("evaluations"), default=0)
    as_of = models.DateField(_("as of"), null=True)

    class Meta:
        verbose_name = _("service figures of a supplier")
        verbose_name_plural = _("service figures of suppliers")

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.orders}"


class Qualification(models.Model):
    """A proof of training that a role may need. Written by the academy."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="qualifications")
    slug = models.CharField(_("qualification"), max_length=60)
    passed_at = models.DateTimeField(_("passed"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [
            models.UniqueConstraint(fields=["user", "slug"], name="qualification_is_one_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.slug}"
