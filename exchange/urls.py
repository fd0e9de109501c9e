"""Addresses of the public portal."""

from __future__ import annotations

from django.urls import path

from exchange.views import public

app_name = "exchange"

urlpatterns = [
    path("open/", public.index, name="open"),
    path("open/deals/", public.deals, name="deals"),
    path("open/credit/", public.grades, name="grades"),
    path("open/rules/", public.rules, name="rules"),
    path("open/announcements/", public.announcements, name="announcements"),
]
