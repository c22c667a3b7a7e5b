"""What each exchange of sites means in persons: who is gained and lost by the site that goes and the one that comes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from anyi_geo.compare.yardstick import last_batch, near, persons_table
from anyi_geo.errors import Message
from anyi_geo.judge.exchange import exchanged
from anyi_geo.result import RunResult

Row = dict[str, Any]

_OUT, _IN = ("换出", "out"), ("换入", "in")
_SWAP_KEYS = (("", "site_id"), ("_name", "name"), ("_batch", "batch"))


def swaps(base: RunResult, other: RunResult, sites_in: list[Row], sites_out: list[Row]) -> list[Row]:
    """Return what each exchange of sites means in persons, by group and batch, in the headline's way of travel.

    Sites that go are set beside sites that come (see `pairs`); a site in both plans but another batch stands alone.
    Everyone gained or lost belongs to the site that reaches or reached them (``judge.exchange``), so the swaps sum to
    the whole difference.

    Returns
    -------
    list of dict
        out, out_name, out_batch, in, in_name, in_batch (None where nothing goes or comes), persons (batch, group,
        gained, lost, change), words, words_en.
    """
    mode, last = base.headline_mode, last_batch(base)
    limits = {
        name: group["limit_minutes"][mode] for name, group in base.groups.items() if mode in group["limit_minutes"]
    }
    persons = persons_table(base)
    by_batch = {
        batch: exchanged(near(base, batch, mode), near(other, batch, mode), persons, limits)
        for batch in range(1, last + 1)
    }
    rows = []
    for gone, come in pairs(sites_out, sites_in):
        own = {row["site_id"] for row in (gone, come) if row is not None}
        counted = [row for batch, table in by_batch.items() for row in _of_sites(table, own, batch, list(limits))]
        words = _swap_words(base, gone, come, counted)
        rows.append(
            {
                **{f"out{key}": None if gone is None else gone[name] for key, name in _SWAP_KEYS},
                **{f"in{key}": None if come is None else come[name] for key, name in _SWAP_KEYS},
                "persons": counted,
                "words": words.zh,
                "words_en": words.en,
            }
        )
    return rows


def pairs(gone: Sequence[Row], come: Sequence[Row]) -> list[tuple[Row | None, Row | None]]:
    """Return sites that go beside sites that come: same township first, then same batch, then the least kilometres.

    Parameters
    ----------
    gone, come : sequence of dict
        site_id, township, batch, lon, lat.

    Returns
    -------
    list of tuple
        (gone, come); None beside a site that has no counterpart. Sites in both lists stand beside themselves, last.
    """
    stays = {row["site_id"] for row in gone} & {row["site_id"] for row in come}
    left = [row for row in gone if row["site_id"] not in stays]
    right = [row for row in come if row["site_id"] not in stays]
    apart = np.array([[_apart(one, two) for two in right] for one in left]).reshape(len(left), len(right))
    matched = dict(zip(*(side.tolist() for side in linear_sum_assignment(apart)), strict=True))
    out: list[tuple[Row | None, Row | None]] = [
        (row, right[matched[k]] if k in matched else None) for k, row in enumerate(left)
    ]
    out += [(None, row) for k, row in enumerate(right) if k not in matched.values()]
    later = {row["site_id"]: row for row in come}
    return [*out, *((row, later[row["site_id"]]) for row in gone if row["site_id"] in stays)]


def _apart(one: Row, two: Row) -> float:
    """Return kilometres between two sites, a thousand more across townships and a hundred more across batches."""
    east = (one["lon"] - two["lon"]) * math.cos(math.radians(one["lat"]))
    km = 111.2 * math.hypot(east, one["lat"] - two["lat"])
    return km + 1000.0 * (one["township"] != two["township"]) + 100.0 * (one["batch"] != two["batch"])


def _of_sites(table: pd.DataFrame, sites: set[str], batch: int, groups: list[str]) -> list[Row]:
    own = table[table["site_id"].isin(sites)].groupby("group")[["gained", "lost"]].sum()
    own = own.reindex(groups, fill_value=0)
    return [
        {"batch": batch, "group": group, "gained": int(gained), "lost": int(lost), "change": int(gained - lost)}
        for group, gained, lost in own.itertuples()
    ]


def _swap_words(base: RunResult, gone: Row | None, come: Row | None, counted: list[Row]) -> Message:
    """Return "柏树 换出，板溪 换入：老人 +412 人" after the last batch; of a change of batch, before it."""
    last = max((row["batch"] for row in counted), default=0)
    if gone is not None and come is not None and gone["site_id"] == come["site_id"]:
        name, (was, now) = place(gone["name"]), (int(gone["batch"]), int(come["batch"]))
        zh, en = f"{name} 第 {was} 批改第 {now} 批", f"{name} from batch {was} to batch {now}"
        batches = range(min(was, now), min(max(was, now), last + 1))
    else:
        sides = [(place(row["name"]), *words) for row, words in ((gone, _OUT), (come, _IN)) if row is not None]
        zh, en = "，".join(f"{name} {word}" for name, word, _ in sides), ", ".join(f"{n} {w}" for n, _, w in sides)
        batches = range(last, last + 1)
    told = [_change_words(base, counted, batch, last) for batch in batches]
    return Message(f"{zh}：{'；'.join(words.zh for words in told)}", f"{en}: {'; '.join(words.en for words in told)}")


def _change_words(base: RunResult, counted: list[Row], batch: int, last: int) -> Message:
    """Return the change of the counted groups; the batch is named unless it is the last."""
    rows = [row for row in counted if row["batch"] == batch and base.groups[row["group"]]["weight"] > 0]
    zh = "、".join(f"{base.groups[row['group']]['short']} {row['change']:+,} 人" for row in rows)
    en = ", ".join(f"{row['group']} {row['change']:+,}" for row in rows)
    return Message(zh, en) if batch == last else Message(f"第 {batch} 批时{zh}", f"in batch {batch} {en}")


def place(name: object) -> str:
    """Return a site's name without what it is called in quotes."""
    return str(name).split("“", maxsplit=1)[0]
