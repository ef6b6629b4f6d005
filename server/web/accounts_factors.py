"""The second factor: an app's codes, recovery codes, passkeys. Each code counts once."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import current_app, request
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin, WebauthnUtil
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.store.care import TherapistRow, add_deed, hash_token
from server.store.care.accounts import take_code, take_recovery_code
from server.web.accounts_settings import RECOVERY_CODES
from server.web.people import deed_by
from server.web.qr import qr_address
from server.web.rooms import get_rooms

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a recovery code is made of: nothing that is taken for something else on paper."""

CODE_PARTS, PART_LENGTH = 3, 4
"""12 letters of 31: 59 random bits."""


class HouseCodes(Totp):
    """The codes of an authenticator app."""

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """True for the code of now, of half a minute ago or ahead, when it is used first."""
        digits = token.replace(" ", "")
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            return False
        return bool(super().verify_totp(digits, totp_secret, user, window))

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Use the code up, which of two that come at once only one can."""
        with get_rooms().database.writing() as db:
            is_first = take_code(db, str(user.id), tmatch.counter)
        if not is_first:
            raise UsedTokenError

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The picture that the app reads, as a data: address."""
        return qr_address(self.get_totp_uri(username, totp))


class HouseRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes: shown when they are made, kept as hashes."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new ones; the earlier ones end."""
        codes = [_make_code() for _ in range(RECOVERY_CODES)]
        user.mf_recovery_codes = [hash_token(_bare(code)) for code in codes]
        current_app.extensions["security"].datastore.put(user)
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """Nobody can be shown them again."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """True for a code that is left; it is used up by that."""
        with get_rooms().database.writing() as db:
            is_one = take_recovery_code(db, str(user.id), hash_token(_bare(code)))
            if is_one:
                therapist = db.get_one(TherapistRow, str(user.id))
                deed = deed_by(therapist.id, therapist.room_id, "use-recovery-code")
                add_deed(db, deed, datetime.now(UTC))
            return is_one

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """It was used up when it was checked."""
        return True


def _make_code() -> str:
    parts = (
        "".join(secrets.choice(LETTERS) for _ in range(PART_LENGTH)) for _ in range(CODE_PARTS)
    )
    return "-".join(parts)


def _bare(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())


class HousePasskeys(WebauthnUtil):
    """Passkeys: found by the device itself, and only together with its lock or a finger."""

    def origin(self) -> str:
        """The address that the browser has to have been at."""
        host = request.host.partition(":")[0]
        if host == "localhost":
            return f"http://{request.host}"
        return get_rooms().settings.public_url

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        """Any device that knows who holds it."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        """A passkey stands for both factors, so it has to know who holds it."""
        return UserVerificationRequirement.REQUIRED
