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
