"""Telemetry in a CSV file: one column a field, one row a frame; a field without a value is empty."""

import csv
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from kneectl.errors import UsageError
from kneectl.telemetry import FIELDS, Telemetry, from_params, kind_of

_MOST = 1 << 31  # no field holds more
_BOOLS = {"true": True, "false": False}


class Recorder:
    """Writes frames to a CSV file, each one at once, so that nothing is lost when the power goes.

    Raises UsageError when the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another file.") from error
        self._path = path
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._write(FIELDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written has been told by then
            self._file.close()

    def write(self, frame: Telemetry) -> None:
        """Add a frame."""
        self._write([_to_text(getattr(frame, name)) for name in FIELDS])

    def _write(self, row: Sequence[str]) -> None:
        try:
            self._writer.writerow(row)
            self._file.flush()
        except OSError as error:
            raise UsageError(
                f"{self._path} cannot be written: {error.strerror}. Make room or choose another file."
            ) from error


def read(path: Path) -> list[Telemetry]:
    """Return the frames of a recorded file; raises UsageError when it is not one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            if tuple(next(rows, ())) != FIELDS:
                raise UsageError(f"{path} was not recorded by this kneectl: its first line is not the known one.")
            return [_frame(path, number, row) for number, row in enumerate(rows, 2) if row]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is not a text file with a recording.") from error


def _frame(path: Path, number: int, row: list[str]) -> Telemetry:
    try:
        values = {name: _from_text(name, text) for name, text in zip(FIELDS, row, strict=True) if text}
        return from_params(values)
    except (ValueError, KeyError) as error:
        raise UsageError(f"{path}, line {number}, is damaged. Remove the line and try again.") from error


def _to_text(value: int | str | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_text(name: str, text: str) -> int | str | bool:
    kind = kind_of(name)
    if kind is bool:
        return _BOOLS[text]
    if kind is int:
        value = int(text)
        if abs(value) > _MOST:
            raise ValueError(text)
        return value
    return text
