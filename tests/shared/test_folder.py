"""Output folders are whole or absent."""

import pytest

from anyi_geo.errors import SettingError
from anyi_geo.show.folder import whole_folder


def test_a_folder_appears_only_when_the_block_ends_well(tmp_path):
    target = tmp_path / "out" / "plan"
    with whole_folder(target) as work:
        (work / "a.txt").write_text("1", encoding="utf-8")
        assert not target.exists()
    assert (target / "a.txt").read_text(encoding="utf-8") == "1"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_half_written(tmp_path, error):
    target = tmp_path / "plan"
    with pytest.raises(error), whole_folder(target) as work:
        (work / "a.txt").write_text("1", encoding="utf-8")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_what_is_replaced_is_kept_once(tmp_path):
    target = tmp_path / "plan"
    for text in ("1", "2", "3"):
        with whole_folder(target) as work:
            (work / "a.txt").write_text(text, encoding="utf-8")
    assert (target / "a.txt").read_text(encoding="utf-8") == "3"
    assert (tmp_path / "previous" / "plan" / "a.txt").read_text(encoding="utf-8") == "2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan", "previous"]


def test_a_failed_run_leaves_the_last_good_one(tmp_path):
    target = tmp_path / "plan"
    with whole_folder(target) as work:
        (work / "a.txt").write_text("good", encoding="utf-8")
    with pytest.raises(RuntimeError), whole_folder(target) as work:
        (work / "a.txt").write_text("bad", encoding="utf-8")
        raise RuntimeError
    assert (target / "a.txt").read_text(encoding="utf-8") == "good"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(SettingError, match="写不进"), whole_folder(blocked / "plan"):
        pytest.fail("the block must not run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
