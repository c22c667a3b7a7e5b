"""Sentences about the residents of homes, told as far as the sheets tell their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyi_geo.result import HomesResult
from anyi_geo.show.home_persons import county_persons
from anyi_geo.show.privacy import parts_hidden, words


def told_message(row: Mapping[str, Any], homes: HomesResult | None) -> str:
    """Return a warning or a note as it may be printed.

    A sentence that counts residents is printed without its numbers as soon as one of them, or one from which they
    follow, is not told elsewhere; one or two persons are ``<3`` in any sentence.

    Parameters
    ----------
    row : mapping
        message; of a sentence that counts residents also bare, follows and parts.
    homes : HomesResult or None
        The plan of which it speaks.
    """
    if "bare" in row and homes is not None and _held(row, homes):
        return words(row["bare"]) or ""
    return words(row.get("message")) or ""


def _held(row: Mapping[str, Any], homes: HomesResult) -> bool:
    county, parts = county_persons(homes), parts_hidden([int(part) for part in row.get("parts", ())])
    return any(isinstance(cell, str) for cell in (*(county[name] for name in row["follows"]), *parts))


def told_reason(reason: Mapping[str, Any], *, of: Mapping[str, Any] | None = None) -> str:
    """Return why the homes cannot be consolidated, or a way out of it, as it may be printed.

    Beside it stand the residents of each home: where one of those is not told, no number of residents is.

    Parameters
    ----------
    reason : mapping
        message; homes (residents), where they are printed beside it.
    of : mapping, optional
        The reason that holds the homes; `reason` itself by default.
    """
    homes = (of or reason).get("homes") or ()
    residents = parts_hidden([int(home["residents"]) for home in homes])
    return words(reason.get("message"), held=any(isinstance(cell, str) for cell in residents)) or ""
