"""What Flask-Security reads and writes of therapists, each time in a transaction of its own.

It gets plain objects and never a row: between two of its calls nothing is held open, and what is
written are the fields that it has changed, so that it undoes nobody else's change.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore

from server.store import Database
from server.store.care import PasskeyRow, TherapistRow, add_deed
from server.store.care.accounts import (
    FINDABLE,
    change_account,
    change_passkey,
    find_account,
    find_passkey,
    list_passkeys,
    remove_passkey,
)
from server.web.people import deed_by

CHANGEABLE = (
    *("password", "fs_uniquifier", "tf_primary_method", "tf_totp_secret"),
    *("mf_recovery_codes", "fs_webauthn_user_handle"),
)
"""What Flask-Security changes of a therapist; who they are is not its business."""

TOLD_BY_PASSKEY = ("sign_count", "backup_state", "device_type", "lastuse_datetime")


class Passkey(WebAuthnMixin):
    """A passkey as Flask-Security knows it."""

    def __init__(self, row: PasskeyRow) -> None:
        self.therapist_id = row.therapist_id
        self.credential_id = row.credential_id
        self.public_key = row.public_key
        self.sign_count = row.sign_count
        self.transports = row.transports
        self.backup_state = row.backup_state
        self.device_type = row.device_type
        self.extensions = row.extensions
        self.name = row.name
        self.usage = row.usage
        self.made_at = row.made_at
        self.lastuse_datetime = row.used_at

    def get_user_mapping(self) -> dict[str, Any]:
        """By what its owner is found."""
        return {"id": self.therapist_id}


class Account(UserMixin):
    """A therapist as Flask-Security knows them."""

    fs_uniquifier = ""  # Flask-Security looks at the class for what there is

    def __init__(self, row: TherapistRow, passkeys: tuple[PasskeyRow, ...]) -> None:
        self.therapist_id = row.id
        self.id = row.id  # type: ignore[assignment] # ours are texts
        self.room_id = row.room_id
        self.email = row.email
        self.name = row.name
        self.active = row.active and row.left_at is None
        self.roles: list[RoleMixin] = []
        self.webauthn = [Passkey(each) for each in passkeys]
        self.password = row.password
        self.fs_uniquifier = row.fs_uniquifier
        self.tf_primary_method = row.tf_primary_method
        self.tf_totp_secret = row.tf_totp_secret
        self.tf_phone_number: str | None = None
        self.mf_recovery_codes = list(row.mf_recovery_codes)
        self.fs_webauthn_user_handle = row.fs_webauthn_user_handle or ""
        self._written = self._as_it_is()

    def take_changes(self) -> dict[str, object]:
        """What has changed since it was read or written."""
        now = self._as_it_is()
        changes = {name: value for name, value in now.items() if value != self._written[name]}
        self._written = now
        return changes

    def _as_it_is(self) -> dict[str, object]:
        held = {name: getattr(self, name) for name in CHANGEABLE}
        return held | {"mf_recovery_codes": list(self.mf_recovery_codes or ())}


class AccountDatastore(UserDatastore):
    """Flask-Security's way to the database."""

    def __init__(self, database: Database) -> None:
        super().__init__(Account, RoleMixin, Passkey)
        self._database = database

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account | None:  # noqa: ANN401 - as Flask-Security calls it
        """The one therapist of whom the one given field has the given value."""
        ((field, value),) = wanted.items()
        if field not in FINDABLE or value is None:
            return None
        with self._database.reading() as db:
            row = find_account(db, field, str(value))
            return Account(row, list_passkeys(db, row.id)) if row else None

    def find_role(self, role: str) -> None:
        """There are no roles: who may do what stands in the table of access."""

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        """The passkey of this id."""
        with self._database.reading() as db:
            row = find_passkey(db, credential_id)
        return Passkey(row) if row else None

    def create_webauthn(
        self,
        user: UserMixin,
        credential_id: bytes,
        public_key: bytes,
        name: str,
        sign_count: int,
        usage: str,
        device_type: str,
        backup_state: bool,
        transports: list[str] | None = None,
        extensions: str | None = None,
        **_unknown: object,
    ) -> None:
        """Keep a new passkey."""
        now_at = datetime.now(UTC)
        row = PasskeyRow(
            credential_id=credential_id,
            therapist_id=str(user.id),
            public_key=public_key,
            sign_count=sign_count,
            transports=[str(getattr(each, "value", each)) for each in transports or []],
            backup_state=backup_state,
            device_type=str(getattr(device_type, "value", device_type)),
            extensions=extensions,
            name=name,
            usage=usage,
            made_at=now_at,
            used_at=now_at,
        )
        with self._database.writing() as db:
            db.add(row)
            db.flush()
            therapist = db.get_one(TherapistRow, row.therapist_id)
            add_deed(db, deed_by(therapist.id, therapist.room_id, "add-passkey"), now_at)

    def put(self, model: Account | Passkey) -> Account | Passkey:
        """Write what has changed, now."""
        with self._database.writing() as db:
            if isinstance(model, Passkey):
                told = {name: getattr(model, name) for name in TOLD_BY_PASSKEY}
                told["device_type"] = str(getattr(model.device_type, "value", model.device_type))
                told["used_at"] = told.pop("lastuse_datetime")
                change_passkey(db, model.credential_id, told)
            else:
                changes = model.take_changes()
                change_account(db, str(model.id), changes)
                if "mf_recovery_codes" in changes:
                    deed = deed_by(model.therapist_id, model.room_id, "make-recovery-codes")
                    add_deed(db, deed, datetime.now(UTC))
        return model

    def delete(self, model: Passkey) -> None:
        """Forget a passkey. Therapists stay; `stepback people end` says that one has left."""
        with self._database.writing() as db:
            therapist = db.get_one(TherapistRow, model.therapist_id)
            remove_passkey(db, model.credential_id)
            deed = deed_by(therapist.id, therapist.room_id, "remove-passkey")
            add_deed(db, deed, datetime.now(UTC))

    def commit(self) -> None:
        """Everything is written already."""

    def reload(self, model: Account | Passkey) -> None:
        """Nothing is held that could have become old."""


def get_datastore() -> AccountDatastore:
    """The accounts of the current app."""
    return cast(AccountDatastore, current_app.extensions["security"].datastore)
