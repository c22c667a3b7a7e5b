"""The homes table in a terminal of the width that the program prints at: no figure is cut."""

import io

from rich.console import Console

from anyi_geo.show.console_homes import homes_summary_table


def test_every_figure_is_whole(result):
    out = io.StringIO()
    Console(file=out, width=118).print(homes_summary_table([result]))
    text, summary = out.getvalue(), result.homes.summary
    assert f"{summary['one_off_yuan'] / 1e4:,.0f} " in text
    assert f"{summary['yearly_yuan_before'] / 1e4:,.0f}→{summary['yearly_yuan_after'] / 1e4:,.0f}" in text
    assert all(f" {summary[key]} " in text for key in ("moved", "staying", "beds_added"))


def test_the_other_rule_of_consent_stands_below(result):
    out = io.StringIO()
    Console(file=out, width=118).print(homes_summary_table([result]))
    other = result.homes.summary["other_consent"]
    rule = {"hard": "└ 若未同意者不迁", "soft": "└ 若应迁尽迁"}[other["consent"]]
    (line,) = [line for line in out.getvalue().splitlines() if rule in line]
    for key in ("moved", "moved_without_consent", "moved_not_asked", "staying", "beds_added"):
        assert f" {other[key]} " in line
