"""How Flask-Security is set up here, and what it says, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext

from server.config import Settings
from server.render import account_secret, server_secret

AFTER_SIGN_IN = "/room"
"""Where a therapist is led after signing in, unless they were on their way somewhere else."""

SIGN_IN_URL = "/sign-in"
RECOVERY_CODES_URL = "/account/recovery-codes"

LEAST_PASSWORD_LENGTH = 12
RECOVERY_CODES = 10

FRESH = timedelta(minutes=15)
"""For so long after a sign-in nobody is asked again before they change how they sign in."""

REFUSED = lazy_gettext(
    "This e-mail address and password do not go together. Please write both once more."
)

UNKNOWN_PASSKEY = lazy_gettext(
    "This passkey is not known here. Please use another one, or your password."
)

MESSAGES = {
    "GENERIC_AUTHN_FAILED": REFUSED,
    "EMAIL_NOT_PROVIDED": lazy_gettext("Please write your e-mail address."),
    "INVALID_EMAIL_ADDRESS": lazy_gettext(
        "This does not look like an e-mail address. Please look at it once more."
    ),
    "PASSWORD_NOT_PROVIDED": lazy_gettext("Please write your password."),
    "INVALID_PASSWORD": lazy_gettext("This is not your password. Please write it once more."),
    "PASSWORD_INVALID_LENGTH": lazy_gettext("Please choose at least %(length)s characters."),
    "PASSWORD_IS_THE_SAME": lazy_gettext(
        "This is the password that you have already. Please choose another one."
    ),
    "RETYPE_PASSWORD_MISMATCH": lazy_gettext("The two do not agree. Please write both once more."),
    "PASSWORD_CHANGE": lazy_gettext(
        "Your password is changed. Wherever else you were signed in, you are not any more."
    ),
    "TWO_FACTOR_INVALID_TOKEN": lazy_gettext(
        "This code does not fit, or it was used already. The app shows a new one every half minute."
    ),
    "INVALID_CODE": lazy_gettext("Please write the six digits that the app shows."),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": lazy_gettext("Please begin again."),
    "TWO_FACTOR_PERMISSION_DENIED": lazy_gettext("Please sign in first."),
    "TWO_FACTOR_SETUP_EXPIRED": lazy_gettext("That took too long. Please begin again."),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": lazy_gettext("From now on the new app's codes count."),
    "INVALID_RECOVERY_CODE": lazy_gettext(
        "This code does not fit, or it was used already. Please write another one of yours."
    ),
    "API_ERROR": lazy_gettext("That did not work. Please try again."),
    "UNAUTHENTICATED": lazy_gettext("Please sign in first."),
    "REAUTHENTICATION_REQUIRED": lazy_gettext("Please show once more that it is you."),
    "WEBAUTHN_EXPIRED": lazy_gettext("That took too long. Please begin again."),
    "WEBAUTHN_NAME_REQUIRED": lazy_gettext("Please give it a name, such as “my phone”."),
    "WEBAUTHN_NAME_INUSE": lazy_gettext(
        "You have a passkey of this name already. Please choose another name."
    ),
    "WEBAUTHN_NAME_NOT_FOUND": lazy_gettext("There is no such passkey any more."),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": lazy_gettext(
        "Please use letters, digits, spaces and hyphens."
    ),
    "WEBAUTHN_CREDENTIAL_DELETED": lazy_gettext("The passkey “%(name)s” is removed."),
    "WEBAUTHN_REGISTER_SUCCESSFUL": lazy_gettext("You can sign in with “%(name)s” now."),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": lazy_gettext(
        "This passkey is known already: you can sign in with it."
    ),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": UNKNOWN_PASSKEY,
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": UNKNOWN_PASSKEY,
    "WEBAUTHN_NO_VERIFY": lazy_gettext("The passkey could not be checked. Please try again."),
    "WEBAUTHN_MISMATCH_USER_HANDLE": lazy_gettext(
        "This passkey is not yours. Please use your own, or your password."
    ),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": UNKNOWN_PASSKEY,
    "DISABLED_ACCOUNT": REFUSED,
    "INVALID_INPUT": lazy_gettext("This cannot be used here. Please write something else."),
    "INVALID_INPUT_LENGTH": lazy_gettext("Please write at most %(length)s characters."),
}
"""What a page says, by Flask-Security's name for it; what is not here, no page of ours says."""

SILENT = ("REAUTHENTICATION_SUCCESSFUL", "TWO_FACTOR_LOGIN_SUCCESSFUL")
"""What goes well and needs no words."""


def utc_now() -> datetime:
    """The clock that Flask-Security reads."""
    return datetime.now(UTC)


def security_settings(settings: Settings) -> Mapping[str, object]:
    """What Flask-Security and the libraries under it read from the application's config."""
    secret = server_secret(settings.secret_path)
    chosen: dict[str, object] = {
        **_addresses(),
        **_second_factor(),
        "DATETIME_FACTORY": utc_now,
        "STATIC_FOLDER": None,
        "CACHE_CONTROL": None,  # said by SafeHeaders
        "FLASH_MESSAGES": True,
        "RETURN_GENERIC_RESPONSES": True,
        "API_ENABLED_METHODS": ["session"],
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_SALT": account_secret(secret, "passwords"),
        "PASSWORD_LENGTH_MIN": LEAST_PASSWORD_LENGTH,
        "PASSWORD_NORMALIZE_FORM": "NFC",
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": FRESH,
        "TOTP_SECRETS": {"1": account_secret(secret, "second factor")},
        "TOTP_ISSUER": settings.title.replace(":", " "),
        "WAN_RP_NAME": settings.title,
        **{f"MSG_{name}": (text, "info") for name, text in MESSAGES.items()},
        **{f"MSG_{name}": ("", "silent") for name in SILENT},
    }
    return {
        # A form may lie open as long as its session lasts. A page of ours tells no other page
        # where somebody came from, so that a referrer cannot be asked for either.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SESSION_PROTECTION": None,
        **{f"SECURITY_{name}": value for name, value in chosen.items()},
    }


def _addresses() -> dict[str, object]:
    return {
        "LOGIN_URL": SIGN_IN_URL,
        "LOGOUT_URL": "/sign-out",
        "VERIFY_URL": "/sign-in/again",
        "CHANGE_URL": "/account/password",
        "TWO_FACTOR_SETUP_URL": "/sign-in/second-factor",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "TWO_FACTOR_SELECT_URL": "/sign-in/which",
        "MULTI_FACTOR_RECOVERY_CODES_URL": RECOVERY_CODES_URL,
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "WAN_REGISTER_URL": "/account/passkeys",
        "WAN_DELETE_URL": "/account/passkeys/remove",
        "WAN_SIGNIN_URL": "/sign-in/passkey",
        "WAN_VERIFY_URL": "/sign-in/again/passkey",
        "POST_LOGIN_VIEW": AFTER_SIGN_IN,
        "POST_LOGOUT_VIEW": SIGN_IN_URL,
        "POST_CHANGE_VIEW": "/account",
        "POST_VERIFY_VIEW": "/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "WAN_POST_REGISTER_VIEW": "/account/passkeys",
    }


def _second_factor() -> dict[str, object]:
    return {
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "WEBAUTHN": True,
        "WAN_ALLOW_AS_FIRST_FACTOR": True,
        "WAN_ALLOW_AS_MULTI_FACTOR": True,
        "WAN_ALLOW_AS_VERIFY": ["first"],
        # Whoever is asked for a passkey names nobody first, so that nothing is told of anybody.
        "WAN_ALLOW_USER_HINTS": False,
    }
