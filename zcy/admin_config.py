"""Makes our site the default administration, so that `@admin.register` reaches it."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ZcyAdminConfig(AdminConfig):
    """Django's admin app with our site."""

    default_site = "zcy.admin_site.ZcyAdminSite"
    default = False
