"""MicroPython with a board's flash, for a host that flashes it: runs what it is told to, and starts as a board does.

board_on_vm.py       reads from standard input lines of JSON, each followed by as many bytes as its "bytes" says:
  {"do": "flash"}    the flash is those bytes; it is made anew if there are none
  {"do": "cut", "after": N, "midst": BOOL}    its power goes with the Nth change from now on
  {"do": "run"}      run those bytes as MicroPython's raw prompt does
  {"do": "start"}    as the board does when the power comes: boot.py, and main.py up to the image's check
  {"do": "dump"}     say what is in the flash
and answers each with a line of JSON {"out", "error", "is_off", "changes", "bytes"}, and so many bytes.
"""

import io
import json
import os
import sys

import vfs
from ram_flash import BLOCK_BYTES, RamFlash

BLOCKS = 352  # a Pico's


class Pin:
    OUT = 1
    low = []

    def __init__(self, number, mode, value):
        assert mode == Pin.OUT and value == 0
        Pin.low.append(number)


class Machine:
    Pin = Pin

    @staticmethod
    def reset():
        raise SystemExit  # nothing here should ask for it


flash = None
globals_of_prompt = {"__name__": "__main__"}


def mount(data):
    global flash
    is_new = not data
    flash = RamFlash(bytearray(data or BLOCKS * BLOCK_BYTES))
    if is_new:
        vfs.VfsLfs2.mkfs(flash, progsize=256)
    vfs.mount(vfs.VfsLfs2(flash, progsize=256), "/")
    os.chdir("/")


def start():
    """Return which image starts and whether it is whole; None for the prompt, where nothing does."""
    sys.modules["machine"] = Machine
    try:
        with open("/boot.py") as file:
            exec(file.read(), {"__name__": "__main__"})
        from massager.device.image import Image
    except (OSError, ImportError):
        return None
    image = Image(sys.path[0])
    return {"folder": image.folder, "is_whole": image.is_whole, "image": image.identity, "low": len(Pin.low)}


def answer(said):
    do, data = said["do"], stdin.read(said.get("bytes", 0))
    out, error, left = "", "", b""
    if do == "flash":
        mount(data)
    elif do == "cut":
        flash.left, flash.is_midst, flash.changes = said["after"], said["midst"], 0
    elif do == "dump":
        left = flash.data
    elif do == "start":
        out = json.dumps(start())
    else:
        printed = io.StringIO()
        globals_of_prompt["print"] = lambda *words: print(*words, file=printed)
        try:
            exec(data.decode(), globals_of_prompt)
        except Exception as e:
            error = repr(e)
        out = printed.getvalue()
    head = {"out": out, "error": error, "is_off": flash.left == 0, "changes": flash.changes, "bytes": len(left)}
    stdout.write(json.dumps(head).encode() + b"\n")
    stdout.write(left)


stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while True:
    line = stdin.readline()
    if not line:
        break
    answer(json.loads(line))
