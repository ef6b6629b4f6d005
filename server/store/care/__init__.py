"""MEMORY of people: practice rooms, therapists, clients, their case files, and who read them.

In and out as in server/store; what a client or about a client is written comes in as text and is
kept sealed with the client's own key.
"""

from server.store.care.audit import BEFORE_ALL, Deed, add_deed, hash_row
from server.store.care.case_log import (
    list_client_entries,
    list_entry_notes,
    list_kept_ladders,
    list_submissions,
)
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
from server.store.care.cases import Given, list_given, open_name, rename_client
from server.store.care.consents import add_decisions, consent_of
from server.store.care.notes import (
    Note,
    Whose,
    add_note,
    change_note,
    get_note,
    list_notes,
    put_note_back,
    remove_note,
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
    LONGEST_NAME,
    ClientDeviceRow,
    ClientRow,
    ConsentRow,
    InvitationRow,
    PasskeyRow,
    PracticeRoomRow,
    SignInRow,
    TherapistRow,
)
from server.store.care.reviews import (
    NewReview,
    Review,
    ReviewText,
    find_review,
    keep_review,
    list_reviewed,
    list_reviews,
)
from server.store.care.sealing import KeyRing, Seal

__all__ = [
    "BEFORE_ALL",
    "IDLE",
    "LONGEST_NAME",
    "AssignmentRow",
    "AuditRow",
    "ClientDeviceRow",
    "ClientRow",
    "ConsentRow",
    "Deed",
    "EntryNoteRow",
    "Given",
    "InvitationRow",
    "KeptLadderRow",
    "KeyRing",
    "NewReview",
    "Note",
    "NoteRow",
    "PasskeyRow",
    "PracticeRoomRow",
    "Review",
    "ReviewRow",
    "ReviewText",
    "Seal",
    "SignInRow",
    "SubmissionConflictRow",
    "SubmissionRow",
    "TherapistRow",
    "Whose",
    "add_decisions",
    "add_deed",
    "add_note",
    "add_sign_in",
    "change_note",
    "consent_of",
    "find_client",
    "find_review",
    "find_therapist",
    "get_case",
    "get_note",
    "hash_row",
    "hash_token",
    "is_seen_long_ago",
    "keep_review",
    "list_cases",
    "list_client_entries",
    "list_entry_notes",
    "list_given",
    "list_kept_ladders",
    "list_notes",
    "list_reviewed",
    "list_reviews",
    "list_submissions",
    "make_id",
    "note_seen",
    "open_name",
    "put_note_back",
    "remove_note",
    "rename_client",
]
