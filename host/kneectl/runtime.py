"""Small files that tell other kneectl processes of this user who holds what, and that cannot be stale.

A file counts only while the process that wrote it keeps it locked, so that one left by a crash is known for
what it is, even when its process number belongs to another program by now.
"""

import getpass
import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import platformdirs

_TRIES = 5
_TRY_AGAIN_S = 0.02  # whoever looks at a file locks it for a moment

if sys.platform == "win32":
    import msvcrt

    _LOCK_AT = 1 << 20  # far behind the text: Windows does not let others read what is locked

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def runtime_dir() -> Path:
    """Return this user's directory for such files, made when missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns when it takes the temporary directory; we may
            path = Path(platformdirs.user_runtime_dir("kneectl"))
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        path = Path(tempfile.gettempdir()) / f"kneectl-{getpass.getuser()}"
        path.mkdir(mode=0o700, exist_ok=True)
    return path


class HeldFile:
    """A locked file with a JSON object in it; it goes away with `release` or with the process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Remove the file and let the lock go; a second call does nothing."""
        if self._descriptor is None:
            return
        if sys.platform == "win32":  # an open file cannot be removed there
            os.close(self._descriptor)
            self._path.unlink(missing_ok=True)
        else:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
        self._descriptor = None


def take(path: Path, content: dict[str, Any]) -> HeldFile | None:
    """Lock a file and write content into it; None when another process (or this one) holds it."""
    for _ in range(_TRIES):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _lock(descriptor) and _is_still_there(path, descriptor):
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.truncate(descriptor, 0)
            os.write(descriptor, json.dumps(content).encode())
            return HeldFile(path, descriptor)
        os.close(descriptor)
        time.sleep(_TRY_AGAIN_S)
    return None


def read_held(path: Path) -> dict[str, Any] | None:
    """Return what the holder wrote, {} if nothing yet; None, and the file removed, when nobody holds it."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        if _lock(descriptor):
            path.unlink(missing_ok=True)
            return None
        content = json.loads(os.read(descriptor, 65536))
        return content if isinstance(content, dict) else {}
    except ValueError:
        return {}
    finally:
        os.close(descriptor)


def _is_still_there(path: Path, descriptor: int) -> bool:
    # Between our open and our lock the last owner may have removed the file: then the lock is worth nothing.
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False
