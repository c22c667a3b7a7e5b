"""Output folders that are written whole or not at all, and keep what they replace."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anyi_geo.errors import SettingError, why_not

#: The folder, beside the outputs, that keeps the one version each output replaced.
PREVIOUS = "previous"


@contextlib.contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty temporary folder that becomes `target` only when the block ends well.

    What stood at `target` is kept as ``previous/<name>`` beside it, so that a run can be undone.

    Raises
    ------
    SettingError
        When the place cannot be written; the sentence says what to do.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        work.chmod(0o755)
    except OSError as error:
        raise _cannot_write(target, error) from None
    try:
        yield work
        try:
            _replace(work, target)
        except OSError as error:
            raise _cannot_write(target, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def whole_file(target: Path, text: str) -> None:
    """Write one text file whole or not at all, in place of what stood there.

    Raises
    ------
    SettingError
        When the place cannot be written.
    """
    work = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        work.write_text(text, encoding="utf-8", newline="\n")
        work.replace(target)
    except OSError as error:
        raise _cannot_write(target, error) from None
    finally:
        work.unlink(missing_ok=True)


def _replace(work: Path, target: Path) -> None:
    if target.exists():
        kept = target.parent / PREVIOUS / target.name
        kept.parent.mkdir(exist_ok=True)
        if kept.exists():
            shutil.rmtree(kept)
        target.rename(kept)
    work.rename(target)


def _cannot_write(target: Path, error: OSError) -> SettingError:
    return SettingError(
        f"写不进 {target}（{why_not(error).zh}）：请换一个能写的文件夹，或关闭正在打开其中文件的程序。",
        f"Cannot write {target} ({why_not(error).en}): choose another folder, or close programs that use it.",
    )
