"""MEMORY of people: practice rooms, therapists, clients, their case files, and who read them.

In and out as in server/store; what a client or about a client is written comes in as text and is
kept sealed with the client's own key.
"""

from server.store.care.audit import BEFORE_ALL, Deed, add_deed, hash_row
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
from server.store.care.people import (
    IDLE,
    add_sign_in,
    find_client,
    find_therapist,
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
from server.store.care.submissions import (
    Answered,
    NewSubmission,
    add_submission,
    find_same_submission,
    list_own_submissions,
    list_submission_conflicts,
    open_submission,
    take_back,
)

__all__ = [
    "BEFORE_ALL",
    "IDLE",
    "Answered",
    "AssignmentRow",
    "AuditRow",
    "ClientDeviceRow",
    "ClientRow",
    "ConsentRow",
    "Deed",
    "EntryNoteRow",
    "InvitationRow",
    "KeptLadderRow",
    "KeyRing",
    "NewSubmission",
    "NoteRow",
    "PasskeyRow",
    "PracticeRoomRow",
    "ReviewRow",
    "Seal",
    "SignInRow",
    "SubmissionConflictRow",
    "SubmissionRow",
    "TherapistRow",
    "add_deed",
    "add_sign_in",
    "add_submission",
    "find_client",
    "find_same_submission",
    "find_therapist",
    "get_case",
    "hash_row",
    "hash_token",
    "is_seen_long_ago",
    "list_cases",
    "list_own_submissions",
    "list_submission_conflicts",
    "make_id",
    "note_seen",
    "open_submission",
    "take_back",
]
