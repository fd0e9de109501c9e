"""Addresses under /account/, and announcements."""

from __future__ import annotations

from django.urls import include, path

from accounts.views import announcements, delegations, onboarding, own, people, units

urlpatterns = [
    path("account/", own.profile, name="profile"),
    path("account/language/", own.language, name="language"),
    path("account/organisation/", own.switch_organisation, name="organisation_switch"),
    path("account/sign-ins/", own.sign_ins, name="sign_ins"),
    path("account/notices/", own.notice_list, name="notices"),
    path("account/notices/read/", own.notices_read, name="notices_read"),
    path("account/notices/<int:pk>/", own.notice_open, name="notice"),
    path("account/people/", people.people, name="people"),
    path("account/people/<int:pk>/", people.person, name="person"),
    path("account/people/invitations/<int:pk>/again/", people.invite_once_more, name="invitation_again"),
    path("account/people/invitations/<int:pk>/withdraw/", people.withdraw, name="invitation_withdraw"),
    path("account/delegations/", delegations.delegations, name="delegations"),
    path("account/delegations/<int:pk>/end/", delegations.delegation_end, name="delegation_end"),
    path("account/invitation/<str:token>/", people.invitation, name="invitation"),
    path("account/", include("allauth.urls")),
    path("suppliers/register/", onboarding.register, name="supplier_register"),
    path("suppliers/application/", onboarding.own_application, name="supplier_application"),
    path("suppliers/application/renew/", onboarding.renew, name="application_renew"),
    path("suppliers/application/<int:pk>/", onboarding.application, name="application"),
    path("suppliers/application/<int:pk>/discard/", onboarding.discard, name="application_discard"),
    path("suppliers/application/<int:pk>/resume/", onboarding.resume, name="application_resume"),
    path("supervisor/units/", units.units, name="units"),
    path("supervisor/units/<int:pk>/again/", units.unit_again, name="unit_again"),
    path("supervisor/units/<int:pk>/withdraw/", units.unit_withdraw, name="unit_withdraw"),
    path("units/invitation/<str:token>/", units.unit_invitation, name="unit_invitation"),
    path("announcements/<int:pk>/", announcements.announcement, name="announcement"),
]
