"""One self-contained HTML page out of a Folium map: nothing is requested when it opens."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

import folium
from branca.element import Element, MacroElement
from jinja2 import Template

from anyi_geo.errors import ProblemError

#: A light blank picture instead of the browser's request for a site icon.
_ICON = '<link rel="icon" href="data:,">'
#: Servers of the optional backgrounds; nothing is asked of them before a planner chooses one.
_TILES = "https://tile.openstreetmap.org https://webrd01.is.autonavi.com https://t0.tianditu.gov.cn"
#: Opens an expression, a statement or a comment of a template; in JSON only inside a string.
_TEMPLATE = re.compile(r"\{(?=[{%#])")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def asset(name: str) -> str:
    """Return the text of a vendored or own asset."""
    return (resources.files("anyi_geo.show") / "assets" / name).read_text(encoding="utf-8")


def script_json(value: Any) -> str:
    """Return JSON that may stand inside a script element whatever names it holds.

    ``<``, ``>`` and ``&`` are written as escapes, so that no text can close the element; U+2028 and U+2029 too. So is
    a brace that would open an expression of the templates which the page is rendered from: they would run it.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _TEMPLATE.sub(r"\\u007b", text)


def blank_map(title: str, lat: float, lon: float) -> folium.Map:
    """Return a Folium map without tiles, plugins or anything that asks the network."""
    page = folium.Map(location=[lat, lon], zoom_start=11, tiles=None, prefer_canvas=True, zoom_snap=0.125)
    page.default_js, page.default_css = [], []
    page.get_root().title = html.escape(title).replace("{", "&#123;").replace("}", "&#125;")
    return page


def add_script(page: folium.Map, function: str, data: Any) -> None:
    """Call a JavaScript function with the map and one block of data once the map stands."""
    block = MacroElement()
    block._name = "AnyiData"
    block._template = Template(
        "{% macro script(this, kwargs) %}"
        + function
        + "({{ this._parent.get_name() }}, {{ this.data }});{% endmacro %}"
    )
    block.data = script_json(data)
    page.add_child(block)


def offline_html(page: folium.Map, scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    """Render the map with its scripts and styles inside.

    Every script is named by its hash in a content security policy, so that nothing that came in with a name can run.

    Raises
    ------
    ProblemError
        When the page would still ask for something from outside.
    """
    root = page.get_root()
    for name in styles:
        root.header.add_child(Element(f"<style>{_css(asset(name))}</style>"))
    for name in scripts:
        code = asset(name).replace("</script", "<\\/script")
        root.header.add_child(Element(f"<script>{code}</script>"))
    text = root.render().replace("<html>", '<html lang="zh-CN">', 1).replace("<head>", f"<head>{_ICON}", 1)
    outside = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!data:)[^"]*"', text)
    if outside:
        raise ProblemError(f"地图还在引用外部文件：{outside[0]}", f"The page still links to {outside[0]}.")
    return with_policy(text)


def with_policy(text: str) -> str:
    """Return a page in which only its own scripts run and nothing but the optional backgrounds may be asked for."""
    digests = [hashlib.sha256(code.encode()).digest() for code in _INLINE.findall(text)]
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = (
        "default-src 'none'",
        f"script-src {scripts}",
        "style-src 'unsafe-inline'",
        f"img-src data: {_TILES}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return text.replace("<head>", f"<head>{policy}", 1)


def _css(text: str) -> str:
    """Return style text without pictures that would be requested; the page uses none of them."""
    return re.sub(r"url\((?!data:)[^)]*\)", "none", text)
