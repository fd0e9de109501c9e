"""A person's own pages: profile, language, organisation, sign-in log, notices."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import notices
from accounts.actor import ActorRequest
from accounts.forms import ProfileForm
from accounts.middleware import ORGANISATION_KEY, remember_language
from accounts.models import Membership, Notice, SignIn, User
from zcy import audit
from zcy.access import public, signed_in
from zcy.paging import KeysetPage
from zcy.tables import Column

SIGN_IN_COLUMNS = (
    Column(_("time")),
    Column(_("result")),
    Column(_("address")),
    Column(_("browser")),
    Column(_("device")),
)


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Name, phone, e-mail; the roles one holds; ways to password, second factor and sessions."""
    user = get_object_or_404(User, pk=request.actor.user_id)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(
            actor=request.actor, action="profile.changed", subject=user, data={"fields": form.changed_data}
        )
        messages.success(request, _("Saved."))
        return redirect("profile")
    held = (
        Membership.objects.filter(user=user)
        .select_related("organisation__region")
        .order_by("organisation_id", "id")
    )
    status = 400 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form, "memberships": held}, status=status)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, and remember it with the account."""
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "/")))
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        messages.error(request, _("This language is not available."))
        return response
    remember_language(response, code)
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=code)
    translation.activate(code)
    return response


@signed_in
@require_POST
def switch_organisation(request: ActorRequest) -> HttpResponse:
    """Act for another of one's organisations from now on."""
    wanted = request.POST.get("organisation", "")
    chosen = next((o for o in request.actor.organisations if str(o.pk) == wanted), None)
    if chosen is None:
        messages.error(request, _("You hold no role in this organisation."))
        return redirect("home")
    request.session[ORGANISATION_KEY] = chosen.pk
    messages.success(request, _("You now act for %(name)s.") % {"name": chosen.name})
    return redirect("home")


@signed_in
@require_GET
def sign_ins(request: ActorRequest) -> HttpResponse:
    """When and from where somebody has signed in with this account."""
    page = KeysetPage.of(
        SignIn.objects.filter(user_id=request.actor.user_id or 0), request.GET, order=("-id",)
    )
    return render(request, "accounts/sign_ins.html", {"page": page, "columns": SIGN_IN_COLUMNS})


@signed_in
@require_GET
def notice_list(request: ActorRequest) -> HttpResponse:
    """One's own notices, the newest first."""
    rows = Notice.objects.visible_to(request.actor).select_related("organisation")
    if request.GET.get("unread"):
        rows = rows.unread()
    page = KeysetPage.of(rows, request.GET, order=("-id",))
    lines = [(notice, notices.text_of(notice), notices.tone_of(notice)) for notice in page]
    return render(request, "accounts/notices.html", {"page": page, "lines": lines})


@signed_in
@require_GET
def notice_open(request: ActorRequest, pk: int) -> HttpResponse:
    """Go where the notice leads; it is read now."""
    notice = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    notices.mark_read(actor=request.actor, notices=Notice.objects.filter(pk=pk))
    if notice.organisation_id and notice.organisation_id in {o.pk for o in request.actor.organisations}:
        request.session[ORGANISATION_KEY] = notice.organisation_id
    return HttpResponseRedirect(_safe(request, notice.url or reverse("notices")))


@signed_in
@require_POST
def notices_read(request: ActorRequest) -> HttpResponse:
    """Mark all notices as read."""
    notices.mark_read(actor=request.actor, notices=Notice.objects.visible_to(request.actor))
    return redirect("notices")


def _safe(request: HttpRequest, address: str) -> str:
    """The address if it is one of ours, else the home page."""
    fits = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if fits and "\n" not in address and "\r" not in address else "/"
