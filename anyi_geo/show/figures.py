"""Look up one figure of a result and write it as planners read it; nothing is computed here that judging did not."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

import pandas as pd

from anyi_geo.county.registers import PASSED
from anyi_geo.errors import Language, Message
from anyi_geo.result import RunResult

COUNTY = "county"
YUAN_PER_WAN = 10_000.0
#: Half of the last digit printed.
RANGE_TOLERANCE = 0.005
MODE_NAMES = {
    "walk": Message("步行", "on foot"),
    "ride": Message("骑行", "e-tricycle"),
    "car": Message("汽车", "car"),
}
_DIGITS = "零一二三四五"
_CLAIM = re.compile(f"(?<!不){PASSED}")


@dataclass(frozen=True)
class Share:
    """A covered share with its range over displacements; NaN where it is not known."""

    share: float
    low: float
    high: float
    covered: float
    total: float

    def text(self) -> str:
        """Return ``49.1% [42–57]``; no brackets without a range, ``*`` above it, ``–`` when nobody counts."""
        if math.isnan(self.share):
            return "–"
        if math.isnan(self.low) or math.isnan(self.high):
            return f"{self.share:.1%}"
        mark = "*" if self.share > self.high + RANGE_TOLERANCE else ""
        return f"{self.share:.1%}{mark} [{self.low * 100:.0f}–{self.high * 100:.0f}]"


def share_of(result: RunResult, batch: int, group: str, mode: str, scope: str = COUNTY) -> Share:
    """Return the share of `group` within its limit of an open site, after `batch`."""
    rows = result.metrics
    found = rows[
        (rows["batch"] == batch) & (rows["group"] == group) & (rows["mode"] == mode) & (rows["scope"] == scope)
    ]
    if found.empty:
        return Share(*[math.nan] * 5)
    row = found.iloc[0]
    return Share(*(_number(row.get(name)) for name in ("share", "share_low", "share_high", "covered", "total")))


def mean_minutes(result: RunResult, batch: int, group: str, mode: str) -> float:
    """Return the mean minutes to the nearest open site over those who can arrive; NaN when unknown."""
    rows = result.minutes
    found = rows[(rows["batch"] == batch) & (rows["group"] == group) & (rows["mode"] == mode)]
    return math.nan if found.empty else _number(found.iloc[0]["mean"])


def run_day(result: RunResult) -> dt.date | None:
    """Return the day of the run, as of which things are due."""
    try:
        return dt.date.fromisoformat(text_of(result.run.get("date")))
    except ValueError:
        return None


def one_off_yuan(result: RunResult, decision: str = "care_sites") -> float:
    """Return what a decision costs once, all batches together."""
    return float(result.costs.loc[result.costs["decision"] == decision, "one_off_yuan"].sum())


def yearly_yuan(result: RunResult, decision: str = "care_sites") -> float:
    """Return what a decision costs each year, all batches together."""
    return float(result.costs.loc[result.costs["decision"] == decision, "yearly_yuan"].sum())


def batch_numbers(result: RunResult) -> list[int]:
    """Return the batches of a result, in order."""
    return [int(row["batch"]) for row in result.batches]


def batch_label(batch: int, language: Language = "zh") -> str:
    """Return ``第一批`` for 1 and ``前两批`` for what stands open after the second; batches are cumulative."""
    if language == "en":
        return "batch 1" if batch == 1 else f"batches 1-{batch}"
    if batch == 1:
        return "第一批"
    return "前两批" if batch == 2 else f"前{_DIGITS[batch] if batch < len(_DIGITS) else batch}批"


def minutes_text(minutes: float) -> str:
    """Return minutes with one decimal, ``–`` when unknown."""
    return f"{minutes:.1f}" if math.isfinite(minutes) else "–"


def wan_text(yuan: float) -> str:
    """Return yuan as ten thousands (万元)."""
    return f"{yuan / YUAN_PER_WAN:,.1f}"


def clock_text(minute_of_day: float) -> str:
    """Return ``11:05`` for minute 665; "" when unknown."""
    if not math.isfinite(minute_of_day):
        return ""
    whole = round(minute_of_day)
    return f"{whole // 60}:{whole % 60:02d}"


def plain(value: object) -> object:
    """Return a cell as JSON can hold it: NaN, inf and missing become None, numbers stay numbers."""
    if value is None or value is pd.NA:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def text_of(value: object) -> str:
    """Return a cell as text, "" when it is missing."""
    cell = plain(value)
    return "" if cell is None else str(cell)


def _number(value: object) -> float:
    cell = plain(value)
    return math.nan if cell is None else float(cell)  # type: ignore[arg-type]


def claims_hidden(words: object) -> str:
    """Return remarks in which nobody passes (合格): a word in remarks is no inspection on file."""
    return _CLAIM.sub("（待核）", text_of(words))
