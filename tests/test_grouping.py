"""What shares a house is run by one process, whichever versions of pytest and xdist there are."""

import pytest

from tests.grouping import group_of, turn_of

pytestmark = [pytest.mark.xdist_group("together")]


def test_groups_are_read_from_their_files():
    """Both kinds of marks are found, and the lack of one."""
    assert group_of("tests/browser/test_press_play.py") == "house"
    assert group_of("tests/browser/test_play_at_once.py") == "house"
    assert group_of("tests/browser/test_print.py") == "preview"
    assert group_of("tests/test_config.py") is None


def test_the_longest_are_begun_first():
    """In the order in which they are named, and before all others."""
    longest = (
        "tests/render/test_processes.py",
        "tests/rigs/test_texts.py",
        "tests/rigs/test_fuzz.py",
    )
    others = ("tests/test_config.py", "tests/rigs/test_alone.py", "browser house")
    turns = [turn_of(path) for path in (*longest, *others)]
    assert turns == sorted(turns)
    assert turns[:4] == sorted(set(turns))


@pytest.mark.parametrize("turn", range(8))
def test_one_process_runs_a_group(turn, tmp_path_factory, worker_id):
    """Nobody else has run a part of this one."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    (shared / f"together-{worker_id}").touch()
    assert [path.name for path in shared.glob("together-*")] == [f"together-{worker_id}"]
