"""The one problem that all location models read: clients, sites, and the minutes between them as sorted lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anyi_geo.errors import ProblemError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Columns of `sites` that models read; all may be absent.
SITE_COLUMNS = ("capacity_persons", "cost_yuan")


@dataclass(frozen=True, eq=False)
class LocationProblem:
    """Clients, candidate sites and listed minutes, checked whole when made.

    Clients and sites are kept in the order of their labels, so that no answer depends on the order of the rows given.
    Every client's sites are listed by minutes, equal minutes by label (compressed sparse rows). Make one with
    `from_matrix` or `from_pairs`.

    Attributes
    ----------
    clients : Index of n labels, sorted
    sites : DataFrame
        Index of m labels, sorted; may hold `capacity_persons` and `cost_yuan`.
    persons : float array (n,)
        Weight of every client.
    start : int array (n + 1,)
        The list of client i is ``start[i]:start[i + 1]`` of the next two.
    site, minutes : arrays (listed pairs,)
        Position of the site in `sites`; minutes to it.
    beyond : float array (n,)
        Certified lower bound on the minutes to every site that is not listed; inf: no such way exists.
    order : Index
        Clients in the order given, in which answers are handed back.
    """

    clients: pd.Index
    sites: pd.DataFrame
    persons: Floats
    start: Longs
    site: Ints
    minutes: Floats
    beyond: Floats
    order: pd.Index

    @classmethod
    def from_matrix(
        cls, minutes: pd.DataFrame, persons: pd.Series | None = None, sites: pd.DataFrame | None = None
    ) -> LocationProblem:
        """Make a problem from a matrix of minutes.

        Parameters
        ----------
        minutes : DataFrame, clients x sites
            Minutes (or any cost that adds up), >= 0; inf = no road.
        persons : Series, optional
            Persons (weight) by client, >= 0; 1 each when absent.
        sites : DataFrame, optional
            Index = the columns of `minutes`; may hold `capacity_persons`, `cost_yuan`.

        Raises
        ------
        ProblemError
            Empty, NaN, negative, duplicate labels, labels that differ, nobody to serve, no road at all.
        """
        _require_frame(minutes, "minutes")
        clients, columns = _labels(minutes.index, "clients"), _labels(minutes.columns, "sites")
        values = _numbers(minutes, "minutes")
        width = len(columns)
        _refuse_bad_minutes(values, lambda k: (clients[k // width], columns[k % width]))
        values = values[np.ix_(np.argsort(_ranks(clients)), np.argsort(_ranks(columns)))]
        near = np.argsort(values, axis=1, kind="stable").astype(np.int32)
        ordered = np.take_along_axis(values, near, axis=1)
        listed = np.isfinite(ordered)
        return cls._checked(
            clients, columns, persons, sites, _starts(listed.sum(axis=1)), near[listed], ordered[listed], None
        )

    @classmethod
    def from_pairs(
        cls,
        pairs: pd.DataFrame,
        persons: pd.Series | None = None,
        sites: pd.DataFrame | None = None,
        beyond: float | pd.Series | None = None,
    ) -> LocationProblem:
        """Make a problem from listed pairs; memory grows with the pairs.

        Parameters
        ----------
        pairs : DataFrame
            Columns client, site, minutes; inf = no road.
        persons : Series, optional
            Persons by client; its index also names clients without any pair. 1 each when absent.
        sites : DataFrame, optional
            Its index also names sites without any pair.
        beyond : float or Series by client, optional
            Certified lower bound on the minutes of every pair that is not listed. None: unlisted = no road.

        Raises
        ------
        ProblemError
            As `from_matrix`; a pair listed twice; a label of `pairs` that `persons` or `sites` does not know.
        """
        _require_frame(pairs, "pairs")
        missing = [name for name in ("client", "site", "minutes") if name not in pairs.columns]
        if missing:
            raise ProblemError(
                f"成对表缺少列：{'、'.join(missing)}。", f"pairs lacks the columns {', '.join(missing)}."
            )
        _frame_or_none(persons, pd.Series, "persons")
        _frame_or_none(sites, pd.DataFrame, "sites")
        clients = _labels(pairs["client"].unique() if persons is None else persons.index, "clients")
        columns = _labels(pairs["site"].unique() if sites is None else sites.index, "sites")
        values = _numbers(pairs["minutes"], "minutes")
        _refuse_bad_minutes(values, lambda k: (pairs["client"].iloc[k], pairs["site"].iloc[k]))
        row = _ranks(clients)[_positions(pairs["client"], clients, "client")]
        column = _ranks(columns)[_positions(pairs["site"], columns, "site")]
        _refuse_twice(row, column, clients, columns)
        finite = np.isfinite(values)
        row, column, values = row[finite], column[finite], values[finite]
        order = np.lexsort((column, values, row))
        start = _starts(np.bincount(row, minlength=len(clients)))
        return cls._checked(
            clients, columns, persons, sites, start, column[order].astype(np.int32), values[order], beyond
        )

    @classmethod
    def _checked(
        cls,
        clients: pd.Index,
        columns: pd.Index,
        persons: pd.Series | None,
        sites: pd.DataFrame | None,
        start: Longs,
        site: Ints,
        minutes: Floats,
        beyond: float | pd.Series | None,
    ) -> LocationProblem:
        by_label = clients[np.argsort(_ranks(clients))]
        if len(site) == 0:
            raise ProblemError(
                "没有任何需求点能到达任何点位。", "No client reaches any site: every pair is unreachable."
            )
        for values in (start, site, minutes):
            values.setflags(write=False)
        return cls(
            clients=by_label,
            sites=_sites_table(sites, columns[np.argsort(_ranks(columns))]),
            persons=_weights(persons, by_label),
            start=start,
            site=site,
            minutes=minutes,
            beyond=_beyond(beyond, by_label),
            order=clients,
        )

    @property
    def listed(self) -> Longs:
        """Number of listed sites per client."""
        return np.diff(self.start)

    @property
    def client(self) -> Ints:
        """Position of the client of every listed pair."""
        return np.repeat(np.arange(len(self.clients), dtype=np.int32), self.listed)

    @property
    def complete(self) -> bool:
        """Whether what is not listed cannot be reached at all."""
        return bool(np.isinf(self.beyond).all())

    def without_sites(self, shut: Mask) -> LocationProblem:
        """Return the problem without the pairs of the sites marked in `shut`; the sites keep their places."""
        return self.keeping(~shut[self.site])

    def within(self, max_minutes: float) -> LocationProblem:
        """Return the problem with the pairs of at most `max_minutes` only; `beyond` stays what it was."""
        return self.keeping(self.minutes <= max_minutes)

    def keeping(self, keep: Mask) -> LocationProblem:
        """Return the problem with the marked pairs only; `beyond` stays what it was."""
        counts = np.bincount(self.client[keep], minlength=len(self.clients))
        return replace(self, start=_starts(counts), site=self.site[keep], minutes=self.minutes[keep])


def places_of(labels: Sequence[Hashable], index: pd.Index, name: str) -> Longs:
    """Return the positions of labels in an index.

    Raises
    ------
    ProblemError
        A label that the index does not hold, or one named twice.
    """
    if isinstance(labels, str):
        raise ProblemError(f"{name} 应为标签的列表。", f"{name} must be a list of labels, not one string.")
    wanted = list(labels)
    if len(set(wanted)) < len(wanted):
        raise ProblemError(f"{name} 里有重复的标签：{wanted}。", f"{name} names a label twice: {wanted}.")
    known = {label: place for place, label in enumerate(index)} if wanted else {}
    unknown = [label for label in wanted if label not in known]
    if unknown:
        raise ProblemError(f"{name} 里有不认识的点位：{unknown[:5]}。", f"{name} names unknown sites: {unknown[:5]}.")
    return np.array([known[label] for label in wanted], dtype=np.int64)


def _starts(counts: Longs) -> Longs:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _require_frame(value: Any, name: str) -> None:
    _frame_or_none(value, pd.DataFrame, name)
    if value is None or value.shape[0] == 0 or value.shape[1] == 0:
        raise ProblemError(f"{name} 是空表：至少要有一个需求点和一个点位。", f"{name} is empty.")


def _frame_or_none(value: Any, kind: type, name: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise ProblemError(
            f"{name} 应为 {kind.__name__}，现为 {type(value).__name__}。",
            f"{name} must be a {kind.__name__}, got {type(value).__name__}.",
        )


def _labels(labels: Any, what: str) -> pd.Index:
    index = pd.Index(labels)
    if len(index) == 0:
        raise ProblemError(f"没有任何标签（{what}）。", f"There are no {what}.")
    if index.hasnans:
        raise ProblemError(f"标签为空（{what}）。", f"A label of the {what} is missing.")
    if not index.is_unique:
        twice = list(index[index.duplicated()].unique()[:5])
        raise ProblemError(f"标签重复（{what}）：{twice}。", f"Duplicate labels of the {what}: {twice}.")
    return index


def _ranks(index: pd.Index) -> Longs:
    """Return each label's place in the order by text, which mixed labels have too."""
    keys = [(str(label), type(label).__name__) for label in index]
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def _numbers(values: pd.DataFrame | pd.Series, name: str) -> Floats:
    try:
        return np.asarray(values.to_numpy(dtype=np.float64), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ProblemError(
            f"{name} 含有不是数字的值：{error}。", f"{name} holds a value that is no number: {error}."
        ) from None


def _refuse_bad_minutes(values: Floats, labels_of: Callable[[int], tuple[Any, Any]]) -> None:
    bad = np.flatnonzero(~(values.ravel() >= 0))
    if len(bad):
        client, site = labels_of(int(bad[0]))
        value = values.ravel()[bad[0]]
        raise ProblemError(
            f"分钟数不能为空或为负：{client} 到 {site} 为 {value}（共 {len(bad)} 处）；没有路请写 inf。",
            f"Minutes from {client} to {site} are {value} ({len(bad)} such pairs); write inf where there is no road.",
        )


def _positions(values: pd.Series, labels: pd.Index, what: str) -> Longs:
    codes, uniques = pd.factorize(values)
    if (codes < 0).any():
        raise ProblemError(f"成对表的 {what} 有空值。", f"pairs has a missing {what}.")
    places = labels.get_indexer(pd.Index(uniques))
    if (places < 0).any():
        unknown = list(pd.Index(uniques)[places < 0][:5])
        raise ProblemError(f"成对表里有不认识的 {what}：{unknown}。", f"pairs names unknown {what}s: {unknown}.")
    return np.asarray(places[codes], dtype=np.int64)


def _refuse_twice(row: Longs, column: Longs, clients: pd.Index, columns: pd.Index) -> None:
    width = len(columns)
    key = np.sort(row * width + column)
    twice = key[1:][key[1:] == key[:-1]]
    if len(twice):
        client = clients[np.argsort(_ranks(clients))][twice[0] // width]
        site = columns[np.argsort(_ranks(columns))][twice[0] % width]
        raise ProblemError(
            f"成对表里 {client} 到 {site} 出现了不止一次（共 {len(twice)} 处）。",
            f"The pair {client}, {site} is listed more than once ({len(twice)} such pairs).",
        )


def _same_labels(given: pd.Index, wanted: pd.Index, name: str) -> None:
    given = _labels(given, name)
    if len(given) != len(wanted) or not given.isin(wanted).all():
        more, less = list(given[~given.isin(wanted)][:5]), list(wanted[~wanted.isin(given)][:5])
        raise ProblemError(
            f"{name} 的标签与分钟表不一致：多出 {more}，缺少 {less}。",
            f"The labels of {name} differ from those of the minutes: unknown {more}, missing {less}.",
        )


def _weights(persons: pd.Series | None, clients: pd.Index) -> Floats:
    if persons is None:
        return np.ones(len(clients))
    _frame_or_none(persons, pd.Series, "persons")
    _same_labels(persons.index, clients, "persons")
    values = _numbers(persons.reindex(clients), "persons")
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        label, value = clients[bad][0], values[bad][0]
        raise ProblemError(
            f"{label} 的人数是 {value}：应为不小于 0 的有限数。",
            f"persons of {label} is {value}: a finite number >= 0.",
        )
    if not values.any():
        raise ProblemError("所有需求点的人数都是 0，没有人可服务。", "All persons are zero: there is nobody to serve.")
    return values


def _sites_table(sites: pd.DataFrame | None, labels: pd.Index) -> pd.DataFrame:
    if sites is None:
        return pd.DataFrame(index=labels)
    _frame_or_none(sites, pd.DataFrame, "sites")
    _same_labels(sites.index, labels, "sites")
    table = sites.reindex(labels)
    for column in SITE_COLUMNS:
        if column in table:
            values = _numbers(table[column], column)
            good = values >= 0 if column == "capacity_persons" else np.isfinite(values) & (values >= 0)
            if not good.all():
                label, value = labels[~good][0], values[~good][0]
                raise ProblemError(
                    f"点位 {label} 的 {column} 是 {value}：应为不小于 0 的数。",
                    f"{column} of site {label} is {value}: a number >= 0.",
                )
            table[column] = values
    return table


def _beyond(beyond: float | pd.Series | None, clients: pd.Index) -> Floats:
    if beyond is None:
        return np.full(len(clients), np.inf)
    if isinstance(beyond, pd.Series):
        _same_labels(beyond.index, clients, "beyond")
        values = _numbers(beyond.reindex(clients), "beyond")
    else:
        values = np.full(len(clients), float(beyond))
    if not (values >= 0).all():
        raise ProblemError("beyond 不能为空或为负。", "beyond must be >= 0 and not NaN.")
    return values
