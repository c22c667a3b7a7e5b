"""Colours that carry a meaning can be told apart by the colour-blind, simulated after Machado and others (2009)."""

from itertools import combinations

import numpy as np
import pytest

from anyi_geo.show.maps.words import BEYOND, GAIN, KITCHEN, LOSS, MODES, SHARES, STATES, WITHIN

#: Severity 1.0, IEEE TVCG 15(6), 2009, table 1; rows of linear RGB.
SEEN = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "all": np.eye(3),
}
#: D65.
WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(colour, eye):
    """Return CIE Lab of a hexadecimal colour as an eye sees it."""
    values = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(SEEN[eye]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, two, eye):
    return float(np.linalg.norm(lab(one, eye) - lab(two, eye)))


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize(
    "colours",
    [
        (*WITHIN, *BEYOND),
        SHARES,
        (GAIN, LOSS, "#d8d5cc"),
        (KITCHEN[1], *(colour for _, colour in MODES.values())),
        [colour for _, colour in STATES.values()],
    ],
    ids=["minutes", "shares", "difference", "meals", "homes"],
)
def test_every_two_are_told_apart(colours, eye):
    assert min(apart(one, two, eye) for one, two in combinations(colours, 2)) > 10


def test_red_and_green_of_one_lightness_are_not():
    assert apart("#d73027", "#4d9221", "all") > 60
    assert apart("#a0522d", "#6b7a1f", "deutan") < 10
