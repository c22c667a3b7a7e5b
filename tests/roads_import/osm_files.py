"""Small OpenStreetMap files written by hand, laid over the tiny county (see `tiny_county`)."""

from __future__ import annotations

import gzip
from xml.sax.saxutils import quoteattr

import osmium
from tiny_county import place

#: The straight road of the tiny county: node number, kilometre.
STOPS = {1: 0.0, 2: 1.0, 3: 2.0, 4: 6.0, 5: 7.0}
#: One residential street through all of them.
MAIN = ("main", [1, 2, 3, 4, 5], {"highway": "residential", "name": "主路"})


def nodes_on_road(stops=None):
    """Return id -> point."""
    return {number: place(km) for number, km in (stops or STOPS).items()}


def osm_text(nodes, ways=(), places=()):
    """Return OSM XML.

    Parameters
    ----------
    nodes : dict
        id -> Point in degrees.
    ways : iterable of (id, node ids, tags)
        A text id becomes a number.
    places : iterable of (id, Point, tags)
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="by hand">']
    for number, spot in nodes.items():
        lines.append(f'<node id="{number}" version="1" lat="{spot.y:.7f}" lon="{spot.x:.7f}"/>')
    for number, spot, tags in places:
        lines.append(f'<node id="{number}" version="1" lat="{spot.y:.7f}" lon="{spot.x:.7f}">{_tags(tags)}</node>')
    for order, (_, refs, tags) in enumerate(ways, 1):
        chain = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{order}" version="1">{chain}{_tags(tags)}</way>')
    return "\n".join([*lines, "</osm>", ""])


def _tags(tags):
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def write_osm(path, nodes, ways=(), places=()):
    """Write .osm, .osm.gz or .osm.pbf and return the path."""
    text = osm_text(nodes, ways, places)
    if path.name.endswith(".pbf"):
        plain = path.with_name("plain.osm")
        plain.write_text(text, encoding="utf-8")
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(plain)):
                writer.add(thing)
        plain.unlink()
    elif path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def silent(_message):
    """Take no notice."""
