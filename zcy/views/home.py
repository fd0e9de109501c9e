"""The home page: one's own work list when signed in, else search, halls and what is announced."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from accounts import notices
from accounts.actor import Actor, ActorRequest
from accounts.models import Announcement, Notice
from zcy import registries
from zcy.access import public
from zcy.registries import TodoItem

NEWS: Final = 50


@public
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """What waits for the person, or the public's entrance."""
    actor = request.actor
    context: dict[str, Any] = {
        "announcements": list(announcements_for(actor)[:6]),
    }
    sections = sections_for(request)
    if not actor.is_authenticated:
        context["sections"] = [(template, values) for _order, template, values in sections]
        return render(request, "zcy/home_public.html", context)
    unread = Notice.objects.visible_to(actor).unread()[:5]
    context["items"] = todo_of(actor)
    # What a person decides by stands above the news, what one may browse below.
    context["urgent"] = [(template, values) for order, template, values in sections if order < NEWS]
    context["sections"] = [(template, values) for order, template, values in sections if order >= NEWS]
    context["notices"] = [(notice, notices.text_of(notice), notices.tone_of(notice)) for notice in unread]
    return render(request, "zcy/home.html", context)


@public
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for by themselves beside documents that name no icon, such as the contract."""
    return HttpResponsePermanentRedirect(static("img/logo.svg"))


def todo_of(actor: Actor) -> list[TodoItem]:
    """Everything that waits for the actor, by the order of the providers; empty lines are left out."""
    items: list[TodoItem] = []
    for provider in sorted(registries.todo, key=lambda entry: entry.order):
        if provider.roles & actor.roles or not (provider.roles or actor.roles):
            items.extend(item for item in provider.find(actor) if item.count)
    return items


def sections_for(request: ActorRequest) -> list[tuple[int, str, dict[str, Any]]]:
    """(order, template, context) of what the apps add to this person's home page."""
    actor = request.actor
    chosen = [
        section
        for section in sorted(registries.home_sections, key=lambda entry: entry.order)
        if (section.public and not actor.is_authenticated) or section.roles & actor.roles
    ]
    return [(section.order, section.template, dict(section.load(actor))) for section in chosen]


def announcements_for(actor: Actor) -> Any:
    """Announcements of the actor's region and those above it; the public sees all."""
    published = Announcement.objects.published().select_related("region")
    if actor.region is None:
        return published
    codes = actor.region.path.strip("/").split("/")
    return published.filter(region__code__in=codes)
