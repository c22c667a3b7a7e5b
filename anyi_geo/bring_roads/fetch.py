"""Roads downloaded by OSMnx from an Overpass server; mirror, proxy and cache are the planner's choice."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import geopandas as gpd
import networkx as nx
import osmnx
import requests
import shapely

from anyi_geo.bring_roads.area import planning_area
from anyi_geo.bring_roads.build import build_roads
from anyi_geo.bring_roads.places import KINDS
from anyi_geo.bring_roads.read_graph import ways_of
from anyi_geo.bring_roads.read_osm import write_places
from anyi_geo.bring_roads.report import RoadReport
from anyi_geo.bring_roads.ways import TAGS, Say
from anyi_geo.bring_roads.write import refuse_unwritable
from anyi_geo.errors import AnyiError, Message, SettingError, why_not
from anyi_geo.schema import ROADS

#: What is asked of the server: every road, closed ones too, so that the rules of access are ours.
_FILTER = '["highway"]["area"!~"yes"]'
_INTERPRETER = "/interpreter"
_PORTS = {"http": 80, "https": 443}
#: Seconds to wait for a server's first answer before saying that there is no way to it.
_PATIENCE = 10.0


def fetch_roads(
    folder: Path,
    *,
    margin_km: float,
    overpass: str | None,
    proxy: str | None,
    cache: Path,
    places: Path | None = None,
    say: Say,
) -> RoadReport:
    """Download the roads of a county folder's area and write its ``roads.gpkg``.

    Parameters
    ----------
    folder : Path
        The county folder.
    margin_km : float
        Kilometres kept around the outline.
    overpass : str, optional
        Address of a mirror, as https://host/api; OSMnx' own choice when not given.
    proxy : str, optional
        Address of a proxy, as http://host:port; else what the environment says.
    cache : Path
        Folder of answers already received; they are used again without the internet.
    places : Path, optional
        Where the settlements of the area are written too, as an .osm file for `roads places`.
    say : callable

    Raises
    ------
    AnyiError
        When no server answers or the answer is of no use; the sentence says what else can be done.
    SettingError, InputError
        Nothing is written then.
    """
    server = _address("--overpass", overpass or osmnx.settings.overpass_url).removesuffix(_INTERPRETER)
    proxies = {scheme: _address("--proxy", proxy) for scheme in _PORTS} if proxy else {}
    area = planning_area(folder, margin_km)
    refuse_unwritable(folder / ROADS)
    if places is not None and places.suffix != ".osm":
        raise SettingError(f"--places 应以 .osm 结尾，现为 {places}。", f"--places ends in .osm, got {places}.")
    _make(cache)
    say(
        Message(
            f"从 {server} 下载道路；服务器繁忙时会等待后重试，可按 Ctrl-C 中断。",
            f"Downloading from {server}; a busy server is asked again, Ctrl-C ends it.",
        )
    )
    reached = _answers(server, proxies)
    settings = {
        "overpass_url": server,
        "requests_kwargs": {"proxies": proxies} if proxies else {},
        "cache_folder": str(cache),
        "use_cache": True,
        "useful_tags_way": [*TAGS, "bridge"],
        "doh_url_template": None,  # no question to a third party
        "overpass_rate_limit": reached and overpass is None,  # mirrors answer no question about free slots
    }
    with _osmnx_settings(settings):
        graph = _download(server, lambda: _roads(area.cut))
        if places is not None:
            write_places(_download(server, lambda: _settlements(area.outline)), places)
    return build_roads(ways_of(graph, server), area, folder, file=server, say=say)


def _roads(polygon: shapely.Geometry) -> nx.MultiDiGraph:
    return osmnx.graph_from_polygon(
        polygon, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=_FILTER
    )


def _settlements(polygon: shapely.Geometry) -> gpd.GeoDataFrame:
    found = osmnx.features_from_polygon(polygon, {"place": list(KINDS)})
    return found[found.index.get_level_values(0) == "node"]


def _download(server: str, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except requests.exceptions.RequestException as error:
        raise _no_way(server, error) from None
    except ValueError as error:  # OSMnx' own errors of a server's answer are such
        raise AnyiError(
            f"{server} 的回答不能用（{error}）。请过一会儿再试，或用 --overpass 换一个镜像；"
            f"也可以下载 .osm.pbf 后运行：anyi-geo roads import 文件。",
            f"The answer of {server} is of no use ({error}). Try later, another --overpass, or import a file.",
        ) from None


def _no_way(server: str, error: Exception) -> AnyiError:
    return AnyiError(
        f"连不上 {server}（{type(error).__name__}）：本机可能没有接入互联网，或单位网络不允许访问。三个办法："
        "一、用 --overpass 换一个镜像；二、用 --proxy 写出单位代理，例如 --proxy http://主机:端口；"
        "三、在能上网的电脑上下载本省的 .osm.pbf，拷贝过来后运行：anyi-geo roads import 文件。原有道路未改动。",
        f"Cannot reach {server} ({type(error).__name__}): no internet here, or it is not allowed. Name a mirror with "
        "--overpass or a proxy with --proxy, or download an .osm.pbf elsewhere and run `anyi-geo roads import FILE`. "
        "Nothing was changed.",
    )


def _answers(server: str, proxies: dict[str, str]) -> bool:
    """Return whether a door opens at the server, or at the proxy before it, within some seconds."""
    url = urlsplit(proxies.get(urlsplit(server).scheme) or _environment_proxy(server) or server)
    with contextlib.suppress(OSError):
        socket.create_connection((url.hostname, url.port or _PORTS.get(url.scheme, 80)), _PATIENCE).close()
        return True
    return False


def _environment_proxy(server: str) -> str | None:
    found = requests.utils.get_environ_proxies(server, no_proxy=None)
    return found.get(urlsplit(server).scheme) or found.get("all")


def _address(option: str, text: str) -> str:
    address = text.strip().rstrip("/")
    url = urlsplit(address)
    try:
        sound = url.scheme in _PORTS and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        sound = False
    if not sound:
        raise SettingError(
            f"{option} 应是以 http:// 或 https:// 开头的地址，现为 {text}。",
            f"{option} must be an address beginning with http:// or https://, got {text}.",
        )
    return address


def _make(cache: Path) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"缓存文件夹 {cache} 不能用（{why_not(error).zh}）：请用 --cache 换一个。",
            f"The cache folder {cache} cannot be used ({why_not(error).en}): name another with --cache.",
        ) from None
    refuse_unwritable(cache / "answer.json")


@contextlib.contextmanager
def _osmnx_settings(wanted: dict[str, Any]) -> Iterator[None]:
    """Set OSMnx' settings, which are global, for one download; it also replaces the resolver of names."""
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    resolver = socket.getaddrinfo
    try:
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolver
