"""The core on the chip does what it does elsewhere: the first 8 s of a recorded session, replayed tick for tick."""

from kneesim import replay
from kneesim.engines import ROOT
from kneesim.pico import image
from kneesim.pico.device import PicoDevice
from kneesim.power import load_board
from kneesim.replay_run import replay as replay_here

TICKS = 400
MOST_MS = 40_000
MAIN = b"""import board
from replay_run import replay

with open("session.trace") as lines:
    replay(lines, board, print)
"""


def _first_ticks(lines: list[str], ticks: int) -> list[str]:
    kept = []
    for line in lines:
        kept.append(line)
        ticks -= line[:1].isdigit()
        if not ticks:
            return kept
    raise AssertionError("the recording is too short")


def test_the_first_8_s_of_a_session_come_out_the_same() -> None:
    recording = _first_ticks(replay.record(), TICKS)
    here: list[str] = []
    board = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"))
    replay_here(recording, board, here.append)
    assert here[-1].startswith(f"= {TICKS} ")

    files = image.firmware_files()
    files["main.py"] = MAIN
    files["a/replay_run.mpy"] = image.compile_mpy("replay_run.py", ROOT / "sim/kneesim/replay_run.py")
    files["session.trace"] = "".join(line.rstrip() + "\n" for line in recording).encode()
    device = PicoDevice(flash=image.flash(image.find_uf2(), files))
    for _ in range(MOST_MS // 500):
        device.run_ms(500)
        there = [line.decode().strip() for line in device.other_lines if line.startswith(b"= ")]
        if len(there) == len(here):
            break
    assert there == here, device.other_lines[-5:]
