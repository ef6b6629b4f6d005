"""MEMORY of people: practice rooms, therapists, clients, their case files, and who read them.

In and out as in server/store; what a client or about a client is written comes in as text and is
kept sealed with the client's own key.
"""

from server.store.care.audit import Deed, add_deed, hash_row, list_deeds
from server.store.care.audit_check import Break, Verdict, check_audit, verify_audit
from server.store.care.audit_head import BEFORE_ALL, accept_end, open_audited
from server.store.care.case_tables import (
    AssignmentRow,
    AuditRow,
    EntryNoteRow,
    KeptLadderRow,
    NoteRow,
    ReviewRow,
    SubmissionConflictRow,
    SubmissionRow,
)
from server.store.care.contents import Contents, Record, consent_of_client
from server.store.care.erasing import (
    ERASE,
    ERASED,
    Belongings,
    begin_erasure,
    count_belongings,
    finish_erasure,
    list_client_sittings,
    stop_private_renders,
    was_erased,
)
from server.store.care.people import (
    IDLE,
    add_sign_in,
    find_client,
    find_therapist,
    get_any_client,
    get_case,
    hash_token,
    is_seen_long_ago,
    list_cases,
    make_id,
    note_seen,
)
from server.store.care.people_tables import (
    ClientDeviceRow,
    ClientRow,
    ConsentRow,
    InvitationRow,
    PasskeyRow,
    PracticeRoomRow,
    SignInRow,
    TherapistRow,
)
from server.store.care.sealing import KeyRing, Seal

__all__ = [
    "BEFORE_ALL",
    "ERASE",
    "ERASED",
    "IDLE",
    "AssignmentRow",
    "AuditRow",
    "Belongings",
    "Break",
    "ClientDeviceRow",
    "ClientRow",
    "ConsentRow",
    "Contents",
    "Deed",
    "EntryNoteRow",
    "InvitationRow",
    "KeptLadderRow",
    "KeyRing",
    "NoteRow",
    "PasskeyRow",
    "PracticeRoomRow",
    "Record",
    "ReviewRow",
    "Seal",
    "SignInRow",
    "SubmissionConflictRow",
    "SubmissionRow",
    "TherapistRow",
    "Verdict",
    "accept_end",
    "add_deed",
    "add_sign_in",
    "begin_erasure",
    "check_audit",
    "consent_of_client",
    "count_belongings",
    "find_client",
    "find_therapist",
    "finish_erasure",
    "get_any_client",
    "get_case",
    "hash_row",
    "hash_token",
    "is_seen_long_ago",
    "list_cases",
    "list_client_sittings",
    "list_deeds",
    "make_id",
    "note_seen",
    "open_audited",
    "stop_private_renders",
    "verify_audit",
    "was_erased",
]
