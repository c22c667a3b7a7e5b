"""What all static figures share: a Chinese font, colours, a picture without a screen."""

from __future__ import annotations

import contextlib
import io

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from anyi_geo.show.figures import text_of
from anyi_geo.show.report.model import clean

#: Families that hold simplified Chinese, the first installed one is used.
FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "PingFang SC",
    "Heiti SC",
    "STHeiti",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "SimSun",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "AR PL UMing CN",
    "Droid Sans Fallback",
)
NO_FONT = (
    "本机没有可用的中文字体，图未绘制。请安装任一中文字体（如微软雅黑、思源黑体；"
    "Linux：apt install fonts-noto-cjk）后重新运行。"
)
#: Okabe and Ito's colours: told apart by the colour-blind.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#F0E442")
#: Batches, phases: the same blue, the darker the further; a single colour where the labels tell what is drawn.
BLUES = ("#0072B2", "#8FBFDE", "#00466E", "#C9DFEF")
PHASES = ("#C9DFEF", "#8FBFDE", "#0072B2", "#00466E")
_DPI = 150


def chinese_font() -> str | None:
    """Return the first installed family that holds simplified Chinese, or None.

    Matplotlib remembers the fonts of its first run on a machine; one that was installed since is looked for.
    """
    found = _known_font()
    if found is None:
        _add_new_fonts()
        found = _known_font()
    return found


def _known_font() -> str | None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in known), None)


def _add_new_fonts() -> None:
    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        # A broken font file is no reason to draw nothing.
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            font_manager.fontManager.addfont(path)


def canvas(width_cm: float, height_cm: float) -> tuple[Canvas, Axes]:
    """Return a picture without a screen and its axes."""
    picture, axes = panels(width_cm, height_cm, 1)
    return picture, axes[0]


def panels(width_cm: float, height_cm: float, count: int) -> tuple[Canvas, list[Axes]]:
    """Return a picture without a screen and `count` axes side by side."""
    picture = Canvas(figsize=(width_cm / 2.54, height_cm / 2.54), layout="constrained")
    FigureCanvasAgg(picture)
    return picture, [picture.add_subplot(1, count, number) for number in range(1, count + 1)]


def plain_axes(axes: Axes) -> None:
    """Take away the lines that hold no figure."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2)


def png(picture: Canvas) -> bytes:
    """Return a picture as PNG; the same picture gives the same bytes."""
    file = io.BytesIO()
    picture.savefig(file, format="png", dpi=_DPI, metadata={"Software": None})
    return file.getvalue()


def safe(value: object) -> str:
    """Return text in which a dollar sign starts no formula and nothing is a control character."""
    return clean(text_of(value)).replace("$", r"\$")
