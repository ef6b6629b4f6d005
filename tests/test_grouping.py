"""What shares a house is run by one process, whichever versions of pytest and xdist there are."""

import pytest

from tests.grouping import group_of

pytestmark = [pytest.mark.xdist_group("together")]


def test_groups_are_read_from_their_files():
    """Both kinds of marks are found, and the lack of one."""
    assert group_of("tests/browser/test_press_play.py") == "house"
    assert group_of("tests/browser/test_play_at_once.py") == "house"
    assert group_of("tests/browser/test_print.py") == "preview"
    assert group_of("tests/test_config.py") is None


@pytest.mark.parametrize("turn", range(8))
def test_one_process_runs_a_group(turn, tmp_path_factory, worker_id):
    """Nobody else has run a part of this one."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    (shared / f"together-{worker_id}").touch()
    assert [path.name for path in shared.glob("together-*")] == [f"together-{worker_id}"]
