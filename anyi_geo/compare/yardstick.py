"""By what a run counts, and where two runs count differently."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.result import RunResult

_MODES = {"walk": Message("步行", "walking"), "ride": Message("骑行", "riding"), "car": Message("乘车", "by car")}


def caveats(base: RunResult, other: RunResult) -> list[Message]:
    """Return where the two runs count differently, so that their own figures do not compare; none when they agree."""
    out = []
    if base.headline_mode != other.headline_mode:
        one, two = _MODES[base.headline_mode], _MODES[other.headline_mode]
        out.append(Message(f"主要口径{one.zh}与{two.zh}不同", f"headline {one.en} against {two.en}"))
    return [*out, *counting(base, other)]


def counting(base: RunResult, other: RunResult) -> list[Message]:
    """Return which groups, limits or persons differ."""
    return [*_groups(base, other), *_limits(base, other), *_persons(base, other)]


def _groups(base: RunResult, other: RunResult) -> list[Message]:
    lacking = [name for name in base.groups if name not in other.groups]
    names = "、".join(str(base.groups[name]["short"]) for name in lacking)
    return [Message(f"对方没有人群{names}", f"the other run lacks {', '.join(lacking)}")] if lacking else []


def _limits(base: RunResult, other: RunResult) -> list[Message]:
    """Return one sentence per way of travel and pair of limits, with the groups for which it holds."""
    found: dict[tuple[str, float, float | None], list[str]] = {}
    for name, group in base.groups.items():
        theirs = other.groups.get(name, group)["limit_minutes"]
        for mode, limit in group["limit_minutes"].items():
            if theirs.get(mode) != limit:
                found.setdefault((mode, limit, theirs.get(mode)), []).append(name)
    out = []
    for (mode, limit, theirs), groups in found.items():
        names = "、".join(str(base.groups[name]["short"]) for name in groups)
        second = "无" if theirs is None else f"{theirs:g}"
        out.append(
            Message(
                f"{_MODES[mode].zh}时限 {limit:g} 与 {second} 分钟不同（{names}）",
                f"limit {_MODES[mode].en} {limit:g} against {theirs} minutes ({', '.join(groups)})",
            )
        )
    return out


def _persons(base: RunResult, other: RunResult) -> list[Message]:
    ours, theirs = (persons_table(result) for result in (base, other))
    theirs = theirs.loc[ours.index]
    differ = [name for name in ours if name in theirs and (ours[name] != theirs[name]).any()]
    if not differ:
        return []
    counted = [name for name in differ if base.groups[name]["weight"] > 0] or differ
    sums = {name: (int(ours[name].sum()), int(theirs[name].sum())) for name in counted}
    zh = "、".join(f"{base.groups[name]['short']} {one:,} 与 {two:,} 人" for name, (one, two) in sums.items())
    en = ", ".join(f"{name} {one:,} against {two:,}" for name, (one, two) in sums.items())
    return [Message(f"人口不同（{zh}）", f"other persons ({en})")]


def near(result: RunResult, batch: int, mode: str) -> pd.DataFrame:
    """Return site_id and minutes per point after a batch, or after the last one of a run that has fewer."""
    rows = result.nearest
    rows = rows[(rows["batch"] == min(batch, last_batch(result))) & (rows["mode"] == mode)]
    table = rows.set_index("point_id")[["site_id", "minutes"]].reindex(result.points["point_id"])
    return table.assign(minutes=table["minutes"].fillna(np.inf))


def last_batch(result: RunResult) -> int:
    """Return the number of batches."""
    return max(int(row["batch"]) for row in result.batches)


def persons_table(result: RunResult) -> pd.DataFrame:
    """Return points x groups."""
    columns = {f"persons.{name}": name for name in result.groups}
    return result.points.set_index("point_id")[list(columns)].rename(columns=columns)
