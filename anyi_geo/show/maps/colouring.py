"""Few colours for many rounds: those that run near each other never share one while the colours last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import distance

#: Degrees within which two rounds are seen together, about 2 km.
_NEAR = 0.02


def apart(places: Sequence[Sequence[tuple[float, float]]], colours: int) -> list[int]:
    """Return the number of a colour for each group of places, so that groups of one colour are far from each other.

    Groups with most neighbours choose first; each takes the colour whose nearest group is farthest away, the one least
    used among colours that no neighbour has.

    Parameters
    ----------
    places : sequence of sequences of (latitude, longitude)
    colours : int
        How many there are.
    """
    points = [np.asarray(group, float).reshape(-1, 2) for group in places]
    near = np.array([[distance.cdist(one, two).min(initial=np.inf) for two in points] for one in points])
    neighbours = (near < _NEAR).sum(axis=1) if points else np.zeros(0)
    chosen = np.full(len(points), -1)
    for group in np.argsort(-neighbours, kind="stable"):
        room = [min(near[group][chosen == colour].min(initial=np.inf), _NEAR) for colour in range(colours)]
        used = [int((chosen == colour).sum()) for colour in range(colours)]
        merits = [(far, -times) for far, times in zip(room, used, strict=True)]
        chosen[group] = merits.index(max(merits))
    return [int(colour) for colour in chosen]
