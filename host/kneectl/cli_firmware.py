"""The commands of `kneectl firmware`: what goes onto a board."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from kneectl.errors import UsageError
from kneectl.options import JsonOption, print_json

app = typer.Typer(no_args_is_help=True, help="Compile the firmware for a board.")


@app.command("build")
def build(
    board: Annotated[str, typer.Argument(metavar="BOARD", help="A folder of boards/: pico, esp32.")] = "pico",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Where it goes; build/firmware/BOARD if not named.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compile the firmware into a folder, as it is to lie on the board; docs/flashing.md says how it gets there.

    What is fitted, the pins and the pad are those of boards/BOARD/board.py. The folder is emptied first.
    """
    from kneesim.pico import image

    if board not in image.boards():
        raise UsageError(f"There is no board {board}. Boards are {', '.join(image.boards())}.")
    folder = out or Path("build/firmware") / board
    _empty(folder)
    try:
        files = image.firmware_files(board)
    except image.ImageMissing as missing:
        raise UsageError(str(missing)) from missing
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    total = sum(len(data) for data in files.values())
    if json:
        print_json({"board": board, "folder": str(folder), "files": len(files), "bytes": total})
        return
    print(f"{len(files)} files for {board}, {total:,} bytes, are in {folder}.")
    print(f"Onto a board with MicroPython: mpremote cp -r {folder}/. : + reset")


def _empty(folder: Path) -> None:
    """Remove what an earlier build left, or it would go onto the board too; raises UsageError for anything else."""
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / "a" / "image.crc").is_file()):
        raise UsageError(f"{folder} holds something that no build made. Choose another folder with --out.")
    shutil.rmtree(folder)
