"""A result in which no two columns of numbers of one sheet are alike, so that one cannot stand for the other unseen."""

from dataclasses import replace

import numpy as np
from figure_sources import ROWS

#: Sheets whose persons are held back together: other numbers would break the sums between them.
HELD_TOGETHER = ("中心数比较", "乡镇行动", "整合前后", "意愿")


def told_apart(result):
    """Return the result with further values where several columns of a table are alike."""
    for title, parts in ROWS.items():
        for path, _, columns in parts if title not in HELD_TOGETHER else ():
            found = table_at(result, path)
            if found is not None and len(found):
                result = with_table(result, path, _apart(found, list(columns.values())))
    return result


def alike(found, fields):
    """Return the groups of fields of a table that hold the same values."""
    groups = {}
    for field in fields:
        if field in found:
            groups.setdefault(tuple(map(repr, found[field].tolist())), []).append(field)
    return [group for group in groups.values() if len(group) > 1]


def _apart(found, fields):
    doubled = [field for group in alike(found, fields) for field in group]
    return found.assign(**{field: 1000.0 * number + np.arange(len(found)) for number, field in enumerate(doubled, 1)})


def table_at(result, path):
    """Return the table of a result that stands at a path of result.json; None where this run has none."""
    head, *rest = path.split(".")
    if path == "parameters":
        return None
    if head == "sites":
        return result.sites if rest == ["plan"] else result.care.get(rest[-1])
    return _of_decision(getattr(result, head), rest) if head in ("homes", "meals") else getattr(result, head)


def _of_decision(own, rest):
    if own is None or rest[0] == "supper":
        return own if own is None else _of_decision(own.supper, rest[1:])
    return own.tables.get(rest[-1]) if rest[0] == "tables" else getattr(own, rest[0])


def with_table(result, path, table):
    """Return the result with another table at a path of result.json."""
    head, *rest = path.split(".")
    if head == "sites":
        if rest == ["plan"]:
            return replace(result, sites=table)
        return replace(result, care={**result.care, rest[-1]: table})
    if head in ("homes", "meals"):
        return replace(result, **{head: _decision_with(getattr(result, head), rest, table)})
    return replace(result, **{head: table})


def _decision_with(own, rest, table):
    if rest[0] == "supper":
        return replace(own, supper=_decision_with(own.supper, rest[1:], table))
    return replace(own, **({"tables": {**own.tables, rest[-1]: table}} if rest[0] == "tables" else {rest[0]: table}))
