"""Alternative plans of a run in words: what each changes, gains and costs against the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import Share, text_of, wan_text

#: Tables of ``RunResult.care`` that hold plans, in the order of ``RunResult.plans``.
KINDS = {"swaps": "从既定方案改动", "front": "权衡"}
_FEW = 4
_VERBS = {"out": "换出", "in": "换入", "moved": "换批"}
_AIMS = {"cover": "总覆盖", "cost": "投入", "worst_township": "覆盖率最低的乡镇"}


def plan_tables(result: RunResult) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the kind and the rows of every table of plans that a run has."""
    for kind in KINDS:
        table = result.care.get(kind)
        if table is not None and len(table):
            yield kind, table.to_dict("records")


def counted(result: RunResult) -> dict[str, str]:
    """Return the short names of the groups that count, by group."""
    return {name: text_of(group["short"]) for name, group in result.groups.items() if group["weight"] > 0}


def share_text(row: Mapping[str, Any], group: str) -> str:
    """Return a plan's covered share of a group with its range."""
    share, low, high = (float(row[f"{name}.{group}"]) for name in ("share", "share_low", "share_high"))
    return Share(share, low, high, float(row[f"covered.{group}"]), float("nan")).text()


def title_of(kind: str, row: Mapping[str, Any]) -> str:
    """Return what a plan is called in tables and on the map."""
    if kind == "front":
        return f"方案 {int(row['plan'])}"
    return "既定方案" if int(row["swaps"]) == 0 else f"改动 {int(row['swaps'])} 处"


def aims_text(row: Mapping[str, Any], groups: Mapping[str, str]) -> str:
    """Return the two aims that a front weighs."""
    aims = [groups.get(str(row[name]), _AIMS.get(str(row[name]), str(row[name]))) for name in ("aim", "other_aim")]
    return f"{aims[0]}与{aims[1]}"


def change_text(row: Mapping[str, Any], before: Mapping[str, Any] | None, groups: Mapping[str, str]) -> str:
    """Return what a plan gains and costs against another, and by which sites: "老人 +412 人；换入 …"."""
    if before is None:
        return ""
    persons = [
        f"{short} {int(row[f'covered.{name}']) - int(before[f'covered.{name}']):+,} 人"
        for name, short in groups.items()
    ]
    cost = float(row["one_off_yuan"]) - float(before["one_off_yuan"])
    money = [f"投入 {'+' if cost > 0 else '−'}{wan_text(abs(cost))} 万元"] if cost else []
    sites = [f"{verb} {_listed(_places(row, key))}" for key, verb in _VERBS.items() if len(row[key])]
    return "；".join(["，".join([*persons, *money]).replace("-", "−"), *sites])


def _places(row: Mapping[str, Any], key: str) -> list[str]:
    """Return the places of the sites that a plan takes in or leaves out; those taken in with their township."""
    places = [
        (text_of(name).split("“", maxsplit=1)[0].removeprefix(text_of(township)) or text_of(name), text_of(township))
        for name, township in zip(row[f"{key}_names"], row[f"{key}_townships"], strict=True)
    ]
    return [f"{place}（{township}）" if key == "in" else place for place, township in places]


def _listed(names: list[str]) -> str:
    """Return names up to a handful, of more the first ones and how many there are."""
    if len(names) <= _FEW:
        return "、".join(names)
    return f"{'、'.join(names[:2])}等 {len(names)} 处"


def plan_rows(result: RunResult, kind: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row of texts per plan: title, sites, cost, share per group, worst township, change, gap."""
    groups = counted(result)
    out = []
    for number, row in enumerate(rows):
        before = None if number == 0 else rows[0] if kind == "swaps" else rows[number - 1]
        out.append(
            {
                "title": title_of(kind, row),
                "sites": int(row["sites"]),
                "wan": wan_text(float(row["one_off_yuan"])),
                "shares": [share_text(row, name) for name in groups],
                "worst": f"{text_of(row['worst_township'])} {float(row['worst_share']):.1%}",
                "change": change_text(row, before, groups),
                "gap": f"{float(row['gap']):.1%}",
            }
        )
    return out
