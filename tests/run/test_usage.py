"""A command written wrongly: a sentence in the planners' language, exit code 2, one object with --json."""

import json

import pytest
from typer.testing import CliRunner

from anyi_geo.cli import app


def run(words):
    return CliRunner().invoke(app, words.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("quarter", "缺少 quarter（季度，例如 2023Q4）"),
        ("quarter 2023Q4 --bogus", "没有选项 --bogus"),
        ("run --sed 3", "是不是 --seconds、--seed"),
        ("nosuch", "没有命令 nosuch。可用的命令：check、compare"),
        ("roads nosuch", "没有命令 nosuch。可用的命令：fetch、import、places"),
        ("run --seconds abc", "--seconds（每个情景的求解总时间上限，秒）的值不对，要填数字"),
        ("run --seed 1.5", "要填整数"),
        ("run --out", "选项 --out 后面要写它的值"),
        ("schema further words", "多写了 further words"),
    ],
)
def test_what_is_wrong_is_told_in_chinese(words, told):
    answer = run(words)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert " --help" in answer.stderr
    assert not any(word in answer.stderr for word in ("Error", "Usage", "Traceback"))


def test_programs_get_one_object():
    answer = run("quarter --json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["status"] == "bad_input"


@pytest.mark.parametrize("asked", ["--lang en", "--lang=en"])
def test_english_is_told_where_it_is_asked_for(asked):
    answer = run(f"quarter {asked}")
    assert (answer.exit_code, "Missing argument" in answer.stderr) == (2, True)


@pytest.mark.parametrize(("words", "code"), [("run --help", 0), ("quarter --help", 0), ("roads", 2), ("", 2)])
def test_help_is_help(words, code):
    answer = run(words)
    assert answer.exit_code == code
    assert "anyi-geo" in answer.output or "Usage" in answer.output
