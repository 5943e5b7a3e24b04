"""Flashing: a new image beside the one that runs, then a start on trial (docs/flashing.md, SAF-54).

Nothing that the running image needs is touched before the new one lies there whole and has been checked on the board.
So it may be cut short anywhere: the image before it runs on, and doing it again goes on where it was.
"""

import time
from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kneectl.client import Client
from kneectl.errors import DeviceError, LinkError, LinkTimeout, PortError, UsageError
from kneectl.prompt import Machine, Prompt

FOLDERS = ("/a", "/b")
LIST = "image.crc"
# Starts that a new image has to be confirmed in. The first ends in the proof of the watchdog.
TRIAL_STARTS = 4
_ASK_S = 2.0
_LOOK_S = 1.0
_SWITCHING = ".new"  # of a file that is to take the place of another one
STARTERS = "/starters.crc"  # which boot.py and main.py may be there besides those of the image's own list
_LEAVES_S = 0.5  # a device that was asked for its prompt answers first, and restarts then

Say = Callable[[str, int, int], object]  # what is done, how much of it is, of how much


@dataclass(frozen=True)
class Done:
    """What a flash came to: files sent, copied on the board, and found in place; the folder of the image."""

    image: str
    folder: str
    sent: int
    sent_bytes: int
    copied: int
    kept: int
    was_written: bool


def identity_of(files: dict[str, bytes]) -> str:
    """Return the identity of an image: the last line of its list."""
    return files[LIST].rstrip(b"\n").rpartition(b"\n")[2].decode()


def ask(port: str) -> dict[str, Any] | None:
    """Return what the firmware on a port says it is, None if no firmware answers."""
    try:
        with Client(port, timeout_s=_ASK_S) as client:
            return client.hello()
    except LinkTimeout:
        return None


def to_prompt(port: str) -> None:
    """Have the firmware leave the port to MicroPython's prompt; raises DeviceError when it refuses."""
    with Client(port) as client:
        client.request("maintenance")
    time.sleep(_LEAVES_S)


def is_up_to_date(who: dict[str, Any] | None, files: dict[str, bytes]) -> bool:
    """Return True if this very image runs, confirmed, and is the one that starts the next time."""
    return who is not None and who.get("image") == identity_of(files) and not who.get("fell_back")


def check_machine(machine: Machine, chip: str, version: tuple[int, ...], mpy: int) -> None:
    """Raise UsageError unless compiled code of this kind runs on the board."""
    if machine.chip != chip:
        raise UsageError(
            f"This is another board: {machine}, and the image is for {chip}. Name the board with --board;"
            " docs/boards.md has a list."
        )
    if machine.version[:2] != version[:2] or machine.mpy & 0x3FF != mpy:
        wanted = ".".join(str(number) for number in version)
        raise UsageError(
            f"The board has {machine}, and this firmware is compiled for {wanted}. Put that on it first:"
            " docs/flashing.md, step 1."
        )


def board_of(prompt: Prompt, found: dict[str, str]) -> str:
    """Return the board that the image is for which is there, "" if there is none.

    found: prompt.crcs(). Raises UsageError if that cannot be told, or if another program would be replaced.
    """
    running = _running(prompt.slot(), found)
    if running is not None:
        name = prompt.board_in(running)
        if not name:
            raise UsageError("Which board the firmware there is for cannot be told. Name it with --board.")
        return name
    if "/main.py" in found:
        raise UsageError(
            "This board has another program, /main.py, which would be replaced. If it may go, name the board: --board."
        )
    return ""


def write(prompt: Prompt, files: dict[str, bytes], found: dict[str, str], say: Say) -> Done:
    """Put an image on the board beside the one there is, check it there and have it start on trial.

    files: by the paths of its list, kneesim.pico.image.image_files; found: prompt.crcs().
    """
    running = _running(prompt.slot(), found)
    folder = FOLDERS[0] if running is None else FOLDERS[1 - FOLDERS.index(running)]
    wanted = _wanted(files[LIST])
    here = {name: crc for name, crc in wanted.items() if name[0] != "/"}
    if running is not None and _is_whole(running, files, wanted, found):
        return Done(identity_of(files), running, 0, 0, 0, len(here), was_written=False)
    missing = {name for name, crc in here.items() if found.get(f"{folder}/{name}") != crc}
    _accept_starters(prompt, wanted, found)
    left_over = [path for path in found if path.startswith(folder + "/") and path[len(folder) + 1 :] not in wanted]
    copied = {name for name in missing if running and found.get(f"{running}/{name}") == here[name]}
    sent = sorted(missing - copied)
    if missing or any(path != f"{folder}/{LIST}" for path in left_over):
        # From here on to its last line this image is none: boot.py passes a folder without a list by.
        _remove(prompt, left_over, first=f"{folder}/{LIST}")
    _make_folders(prompt, folder, found, missing)
    for number, name in enumerate(sorted(copied)):
        say("Copying what stays as it is", number, len(copied))
        prompt.copy(f"{running}/{name}", f"{folder}/{name}")
    sent_bytes = _send(prompt, folder, {name: files[name] for name in sent}, say)
    say("Checking it on the board", 0, 0)
    _finish(prompt, folder, files, wanted, found)
    if running is not None:
        prompt.write("/slot", f"{folder[1]}{running[1]}{TRIAL_STARTS}".encode())
    elif found.get("/slot"):
        prompt.remove("/slot")
    kept = len(here) - len(missing)
    return Done(identity_of(files), folder, len(sent), sent_bytes, len(copied), kept, was_written=True)


def _accept_starters(prompt: Prompt, wanted: dict[str, str], found: dict[str, str]) -> None:
    """Have either image be content with boot.py and main.py as they are and as they will be."""
    new = [(name, crc) for name, crc in wanted.items() if name[0] == "/"]
    if any(found.get(name) not in (None, crc) for name, crc in new):
        pairs = sorted({*new, *((name, found[name]) for name, _ in new if name in found)})
        prompt.write(STARTERS, "".join(f"{name} {crc}\n" for name, crc in pairs).encode())


def _send(prompt: Prompt, folder: str, files: dict[str, bytes], say: Say) -> int:
    """Write files into a folder; return how many bytes they have."""
    total = sum(len(data) for data in files.values())
    done = 0

    def on_sent(count: int) -> None:
        nonlocal done
        done += count
        say("Sending", done, total)

    for name, data in files.items():
        prompt.write(f"{folder}/{name}", data, on_sent)
    return total


def _is_whole(folder: str, files: dict[str, bytes], wanted: dict[str, str], found: dict[str, str]) -> bool:
    """Return True if this very image lies in a folder already."""
    paths = {name if name[0] == "/" else f"{folder}/{name}": crc for name, crc in wanted.items()}
    paths[f"{folder}/{LIST}"] = f"{crc32(files[LIST]):08x}"
    has_more = any(path.startswith(folder + "/") and path not in paths for path in found)
    return not has_more and all(found.get(path) == crc for path, crc in paths.items())


def _wanted(listed: bytes) -> dict[str, str]:
    """Return the CRC of each file of an image by its list."""
    lines = listed.decode().splitlines()[:-1]
    return {name: crc for name, _, crc in (line.rpartition(" ") for line in lines)}


def _running(slot: bytes, found: dict[str, str]) -> str | None:
    """Return the folder of the image that is to be left alone, as boot.py would choose it; None if there is none."""
    names = [slot[1:2] if slot[2:3] else slot[:1], slot[:1], b"a", b"b"]
    for name in names:
        folder = "/" + name.decode("latin-1")
        if folder in FOLDERS and f"{folder}/{LIST}" in found:
            return folder
    return None


def _remove(prompt: Prompt, paths: list[str], first: str) -> None:
    for path in sorted(paths, key=lambda path: path != first):
        prompt.remove(path)


def _make_folders(prompt: Prompt, folder: str, found: dict[str, str], names: set[str]) -> None:
    needed = {folder} | {f"{folder}/{name}".rpartition("/")[0] for name in names}
    needed |= {path.rpartition("/")[0] for path in needed if path.count("/") > 1}
    there = {path.rpartition("/")[0] for path in found}
    for path in sorted(needed - there, key=lambda path: path.count("/")):
        prompt.make_folder(path)


def _finish(
    prompt: Prompt, folder: str, files: dict[str, bytes], wanted: dict[str, str], before: dict[str, str]
) -> None:
    """Check each file, write the list, and put boot.py and main.py in place of the old ones."""
    now = prompt.crcs(folder)
    starters = [name for name in wanted if name[0] == "/" and before.get(name) != wanted[name]]
    wrong = [name for name, crc in wanted.items() if name[0] != "/" and now.get(f"{folder}/{name}") != crc]
    if wrong:
        raise PortError(f"What arrived is not what was sent: {wrong[0]}. Nothing was switched over; do the same again.")
    for name in starters:
        prompt.write(name + _SWITCHING, files[name])
    prompt.write(f"{folder}/{LIST}", files[LIST])
    now = prompt.crcs()
    if any(now[name + _SWITCHING] != wanted[name] for name in starters):
        raise PortError("What arrived is not what was sent. Nothing was switched over; do the same again.")
    for name in starters:
        prompt.rename(name + _SWITCHING, name)


def await_start(port: str, image: str, wait_s: float, say: Say) -> dict[str, Any]:
    """Wait until the firmware of an image says hello, and have the board keep it; return its last words.

    Raises DeviceError when another image starts, LinkTimeout when none does.
    """
    deadline = time.monotonic() + wait_s
    last = "nothing was heard"
    while time.monotonic() < deadline:
        left_s = deadline - time.monotonic()
        say("Waiting for it to start", int(wait_s - left_s), int(wait_s))
        try:
            with Client(port, timeout_s=_ASK_S) as client:
                who = client.hello()
                if who.get("image") == image:
                    return _confirm(client, who)
                if who.get("fell_back"):
                    raise DeviceError(
                        0,
                        "The new image did not start, and the board went back to the one before. Nothing is lost;"
                        " `kneectl status` says how that one is.",
                    )
                last = f"image {who.get('image')} answers"
        except (LinkError, PortError) as error:  # a port that comes back may be busy for a moment
            last = str(error)
        time.sleep(_LOOK_S)
    raise LinkTimeout(f"The new image did not say hello: {last} `kneectl recover` says what to do.")


def _confirm(client: Client, who: dict[str, Any]) -> dict[str, Any]:
    if "trial_left" in who:
        client.request("image.confirm")
        who = client.hello()
        if "trial_left" in who:
            raise DeviceError(0, "The board did not keep the confirmation. `kneectl flash` again does.")
    return who


def confirm(port: str) -> None:
    """Have the board keep the image that runs, if it is on trial."""
    with Client(port) as client:
        _confirm(client, client.hello())
