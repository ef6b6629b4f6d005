"""Whether the authorisation matrix would notice: each check is taken out, and it has to fail."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
from flask import request, session

from server.store.care import (
    ClientRow,
    TherapistRow,
    accounts,
    assignments,
    case_log,
    cases,
    joining,
    loudspeakers,
    notes,
    own_words,
    people,
    submissions,
)
from server.web import access
from server.web.access_table import ACCESS, Access
from server.web.people import SIGN_IN, Asking, keep_asking
from tests.web.conftest import house_in
from tests.web.matrix import deviations, leaks
from tests.web.matrix_filling import filled_house
from tests.web.matrix_house import MatrixHouse


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixHouse]:
    """One filled house for all."""
    with filled_house(house_in(tmp_path_factory.mktemp("mutants"))) as made:
        yield made


TWICE_LOCKED = frozenset({"spoken.show"})
"""A sound is found by the device that ordered it, whoever is let in."""


def test_each_line_of_the_table_of_access_counts(
    filled: MatrixHouse, monkeypatch: pytest.MonkeyPatch
):
    """Everybody is let in as if they were the rightful one, at one endpoint after the other."""
    admit = access.admit_to
    lifted = ""

    def admit_all(needed: Access | None) -> Any:
        if request.endpoint != lifted:
            return admit(needed)
        with filled.people.database.reading() as db:
            therapist = db.get(TherapistRow, filled.people.ada)
            client = db.get(ClientRow, filled.people.ines)
            case = db.get(ClientRow, str((request.view_args or {}).get("client_id")))
        session.update(
            {
                SIGN_IN: filled.more["token of ada"],
                "_user_id": therapist.fs_uniquifier if therapist else "",
                "fs_cc": "set",
            }
        )
        keep_asking(Asking(client=client, therapist=therapist, case=case))
        return None

    monkeypatch.setattr(access, "admit_to", admit_all)
    survivors = []
    for endpoint, needed in ACCESS.items():
        lifted = endpoint
        if needed != Access.ANYBODY and not any(
            said.startswith("in:") for *_, said in deviations(filled, frozenset({endpoint}))
        ):
            survivors.append(endpoint)
    assert set(survivors) == TWICE_LOCKED


def mutated(function: Callable[..., Any], old: str, new: str) -> Any:
    """The code of a function in which something stands instead of something else."""
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source, f"{old!r} does not stand in {function.__qualname__}"
    assert isinstance(function, FunctionType)
    scope: dict[str, Any] = {}
    header = "from __future__ import annotations\n"
    exec(header + source.replace(old, new), function.__globals__, scope)
    return scope[function.__name__].__code__


MUTANTS: tuple[tuple[Any, str, str, str], ...] = (
    (people.get_case, "ClientRow.therapist_id == therapist.id,", "", "case."),
    (people.get_case, "ClientRow.room_id == therapist.room_id,", "", "case."),
    (people.get_case, "ClientRow.id == client_id,", "", "case."),
    (people.find_therapist, "TherapistRow.active,", "", "room."),
    (people.find_therapist, "TherapistRow.left_at.is_(None),", "", "room."),
    (people.find_therapist, "SignInRow.ended_at.is_(None),", "", "room."),
    (people.find_therapist, "SignInRow.seen_at > now_at - IDLE,", "", "room."),
    (people.find_therapist, "SignInRow.token_hash == hash_token(sign_in),", "", "room."),
    (people.find_client, "ClientRow.left_at.is_(None),", "", "given."),
    (people.find_client, "ClientDeviceRow.removed_at.is_(None),", "", "given."),
    (people.find_client, "ClientDeviceRow.device_hash == device_hash,", "", "given."),
    (access._admit_therapist, "not therapist.is_head", "False", "colleagues."),
    (accounts.find_colleague, "TherapistRow.room_id == therapist.room_id,", "", "colleagues."),
    (accounts.list_sign_ins, "SignInRow.therapist_id == therapist_id,", "", "account."),
    (people.list_cases, "ClientRow.therapist_id == therapist.id,", "", "room."),
    (people.list_cases, ", ClientRow.room_id == therapist.room_id", "", "room."),
    (notes.list_notes, "NoteRow.therapist_id == whose.therapist_id,", "", "case_notes."),
    (notes.list_notes, ", NoteRow.client_id == whose.client_id", "", "case_notes."),
    (joining.list_devices, "ClientDeviceRow.client_id == client_id,", "", "with_therapist."),
    (assignments.list_assignments, ".where(AssignmentRow.client_id == client.id)", "", "giv"),
    (case_log.list_submissions, ".where(SubmissionRow.client_id == client_id)", "", "sub"),
    (case_log.list_own_entries, ".where(_is_own(client_id, device_hash))", "", "log."),
    (
        case_log.list_client_entries,
        ".where(SessionEntryRow.id.in_(ids_of_entries(client_id)))",
        "",
        "case",
    ),
    (notes._get_row, "NoteRow.client_id == whose.client_id,", "", "case_notes."),
    (notes._get_row, "NoteRow.therapist_id == whose.therapist_id,", "", "case_notes."),
    (assignments._find, ", AssignmentRow.client_id == client.id", "", "giving."),
    (case_log.list_submissions, ".where(SubmissionRow.client_id == client_id)", "", "case_sub"),
    (case_log.list_kept_ladders, ".where(KeptLadderRow.client_id == client_id)", "", "case_log."),
    (case_log.ids_of_entries, "ClientDeviceRow.client_id == client_id,", "", "entry_notes."),
    (case_log.get_own_entry, ", _is_own(client_id, device_hash)", "", "entry_notes."),
    (cases.find_submission, ", SubmissionRow.client_id == client_id", "", "spoken."),
    (own_words.delete_ladder, " or row.client_id != client_id", "", "ladders_api."),
    (submissions.take_back, " or row.client_id != client.id", "", "submissions_api."),
    (loudspeakers.get_loudspeaker, "LoudspeakerRow.therapist_id == therapist.id,", "", "room_pl"),
    (
        loudspeakers.end_loudspeaker,
        ", LoudspeakerRow.therapist_id == therapist.id",
        "",
        "room_pl",
    ),
)
"""A function, what is taken out of it, what stands there instead, and where it has to show."""


@pytest.mark.parametrize(
    ("function", "old", "new", "where"),
    MUTANTS,
    ids=[f"{function.__name__}: {old}" for function, old, _, _ in MUTANTS],
)
def test_each_condition_of_a_query_counts(
    filled: MatrixHouse,
    monkeypatch: pytest.MonkeyPatch,
    function: Any,
    old: str,
    new: str,
    where: str,
):
    """Who is let in or what is found without it is not what the matrix expects."""
    monkeypatch.setattr(function, "__code__", mutated(function, old, new))
    endpoints = frozenset(name for name in ACCESS if name.startswith(where))
    found = next(deviations(filled, endpoints), None) or next(leaks(filled, endpoints), None)
    assert found is not None
