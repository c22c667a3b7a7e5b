"""A look at the machine: what a run needs, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from packaging.requirements import Requirement
from platformdirs import user_cache_dir, user_log_dir

import anyi_geo
from anyi_geo.county import check_county, packaged_data
from anyi_geo.errors import AnyiError, Language, Message, why_not
from anyi_geo.locate import LocationProblem, Status, p_median
from anyi_geo.show.report.drawing import chinese_font

State = Literal["sound", "lacking", "broken"]

_OLDEST_PYTHON = (3, 11)
_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "firefox",
)  # fmt: skip
_BROWSER_FILES = (
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Safari.app/Contents/MacOS/Safari",
)
#: A run of the embedded county writes less than a tenth of this.
_ROOM_MB = 500


@dataclass(frozen=True)
class Symptom:
    """One thing looked at.

    Attributes
    ----------
    state : str
        sound; lacking (a run works without it); broken (it does not).
    name : Message
    found : str
    remedy : Message or None
    """

    state: State
    name: Message
    found: str
    remedy: Message | None = None

    def record(self, language: Language) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {
            "state": self.state,
            "name": self.name.text(language),
            "found": self.found,
            "remedy": self.remedy.text(language) if self.remedy is not None else None,
        }


def examine() -> list[Symptom]:
    """Return everything looked at, in the order in which a planner should mend it."""
    return [_program(), *_packages(), _solver(), _county(), *_folders(), _fonts(), _browser()]


def _program() -> Symptom:
    name = Message("程序与 Python", "program and Python")
    found = (
        f"anyi-geo {anyi_geo.__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    if sys.version_info < _OLDEST_PYTHON:
        return Symptom("broken", name, found, Message("请安装 Python 3.11 或更新版本", "install Python 3.11 or later"))
    return Symptom("sound", name, found)


def _packages() -> Iterator[Symptom]:
    """Yield the packages that are missing or too old; one line when all are right."""
    wrong = 0
    try:
        needed = requires("anyi-geo") or []
    except PackageNotFoundError:
        needed = []
    versions = []
    for line in needed:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = ""
        versions.append(f"{requirement.name} {found}")
        if not found or not requirement.specifier.contains(found, prereleases=True):
            wrong += 1
            command = f'python -m pip install "{requirement.name}{requirement.specifier}"'
            yield Symptom(
                "broken", Message(f"软件包 {requirement.name}", f"package {requirement.name}"),
                found or "-", Message(f"运行：{command}", f"run: {command}"),
            )  # fmt: skip
    if not wrong:
        yield Symptom("sound", Message("软件包", "packages"), ", ".join(versions) or "-")


def _solver() -> Symptom:
    """Solve a problem whose answer is known."""
    name = Message("求解器 HiGHS", "solver HiGHS")
    remedy = Message('运行：python -m pip install --force-reinstall "highspy>=1.15,<1.16"',
                     'run: python -m pip install --force-reinstall "highspy>=1.15,<1.16"')  # fmt: skip
    try:
        minutes = pd.DataFrame([[0.0, 5.0], [4.0, 0.0], [1.0, 9.0]], index=["a", "b", "c"], columns=["x", "y"])
        answer = p_median(LocationProblem.from_matrix(minutes), 1)
        found = f"highspy {version('highspy')}"
    except Exception as error:  # noqa: BLE001  whatever a broken solver raises is the finding
        return Symptom("broken", name, f"{type(error).__name__}: {error}"[:120], remedy)
    if answer.status != Status.OPTIMAL or answer.objective != 5.0:
        return Symptom("broken", name, f"{answer.status} {answer.objective}", remedy)
    return Symptom("sound", name, found)


def _county() -> Symptom:
    name = Message("自带的县数据", "embedded county")
    try:
        folder = packaged_data()
        errors = [fault for fault in check_county(folder) if fault.is_error]
    except AnyiError as error:
        return Symptom("broken", name, error.message.zh, _REINSTALL)
    if errors:
        return Symptom("broken", name, errors[0].message.zh, _REINSTALL)
    return Symptom("sound", name, str(folder))


_REINSTALL = Message("运行：python -m pip install --force-reinstall anyi-geo",
                     "run: python -m pip install --force-reinstall anyi-geo")  # fmt: skip


def _folders() -> Iterator[Symptom]:
    places = (
        (Message("当前文件夹", "current folder"), Path.cwd(), True),
        (Message("临时文件夹", "temporary folder"), Path(tempfile.gettempdir()), True),
        (Message("日志文件夹", "log folder"), Path(user_log_dir("anyi-geo")), False),
        (Message("缓存文件夹", "cache folder"), Path(user_cache_dir("anyi-geo")), False),
    )
    for name, folder, needed in places:
        yield _folder(name, folder, needed=needed)


def _folder(name: Message, folder: Path, *, needed: bool) -> Symptom:
    state: State = "broken" if needed else "lacking"
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
        free = shutil.disk_usage(nearest).free // 2**20
    except OSError as error:
        return Symptom(state, name, f"{folder}: {why_not(error).zh}",
                       Message("写不进去：请换到“文档”等自己的文件夹再运行，或用 --out 指定能写的文件夹",
                               "cannot be written: work in a folder of your own, or name one with --out"))  # fmt: skip
    if free < _ROOM_MB:
        return Symptom(state, name, f"{folder}: {free} MB",
                       Message(f"剩余空间不到 {_ROOM_MB} MB，请清理磁盘", f"less than {_ROOM_MB} MB left: free "
                           "some"))  # fmt: skip
    return Symptom("sound", name, f"{folder} ({free // 1024} GB)")


def _fonts() -> Symptom:
    name = Message("中文字体", "Chinese font")
    found = chinese_font()
    if found is not None:
        return Symptom("sound", name, found)
    command = {
        "Windows": "设置 > 时间和语言 > 语言：添加“中文（简体）”",
        "Darwin": "brew install --cask font-noto-sans-cjk-sc",
    }.get(platform.system(), "sudo apt install fonts-noto-cjk")
    return Symptom("lacking", name, "-", Message(f"图件里的汉字会成方框。安装：{command}，然后重新打开程序",
                                                 f"figures would show boxes. Install: {command}"))  # fmt: skip


def _browser() -> Symptom:
    name = Message("浏览器", "browser")
    for command in _BROWSERS:
        path = shutil.which(command)
        if path:
            return Symptom("sound", name, path)
    for file in _BROWSER_FILES:
        if Path(os.path.expandvars(file)).is_file():
            return Symptom("sound", name, file)
    return Symptom("lacking", name, "-", Message("没找到 Chrome、Edge 或 Firefox：地图要用其中一个打开（不需要联网）",
                                                 "no Chrome, Edge or Firefox found: maps are opened with one, "
                                                 "offline"))  # fmt: skip
