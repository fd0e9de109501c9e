"""Who may call the views of allauth: they cannot carry our decorators."""

from __future__ import annotations

from typing import Final

from zcy.access import PUBLIC, SIGNED_IN, declare

PUBLIC_NAMES: Final = (
    "account_login",
    "account_inactive",
    "account_signup",  # closed by the adapter: people come by invitation
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_confirm_login_code",  # there while sign-in by code is off; allauth sends it away
    "account_email_verification_sent",
    "mfa_authenticate",
)
SIGNED_IN_NAMES: Final = (
    "account_logout",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "usersessions_list",
)


def declare_third_parties() -> None:
    """Declare every URL name that allauth brings; what a later version adds is closed until it is listed here."""
    for name in PUBLIC_NAMES:
        declare(name, PUBLIC)
    for name in SIGNED_IN_NAMES:
        declare(name, SIGNED_IN)
