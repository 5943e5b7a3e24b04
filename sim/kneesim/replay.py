"""One session, every engine: records what went into the simulated device's controller, and replays it elsewhere.

    python -m kneesim.replay record FILE [--minutes M] [--seed N]
    python -m kneesim.replay run FILE [--engine NAME]... [--json]

`run` compares the outputs of every tick, of the recorded device and of each engine; exit status 1 if any differ, 2 if
the command line or the file is wrong. The lines of a recording are explained in replay_run.py.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kneesim.engines import ENGINES, ROOT, EngineMissing, engine_command, installed
from kneesim.inprocess import Device
from kneesim.replay_run import BLOCK_TICKS, COMMANDS, Digest

_RECORDED = "recorded"  # the column of what the recorded device itself did
_MINUTES = 12.0
_LEAST_MINUTES = 0.5
_BOARD = "pico"
_RUN_LIMIT_S = 600


class _Recorder:
    """Wraps a device's Controller class before its first tick; `lines` grows while the device runs."""

    def __init__(self, device: Device) -> None:
        self.lines: list[str] = []
        self._digest = Digest()
        self._is_in_step = False
        device.run_ms(0)  # up to the firmware's first look at the clock: its controller exists and has not ticked
        controller_class = device.power.firmware_module("massager.core.controller").Controller
        self._wrap_step(controller_class)
        for name in COMMANDS:
            self._wrap_command(controller_class, name)

    def _wrap_step(self, controller_class: Any) -> None:
        step = controller_class.step

        def recorded(controller: Any, now_ms: int, inputs: Any, out: Any) -> None:
            i = inputs
            senses = f"{i.heater_sense} {i.lamp_sense} {int(i.is_rail_good)}"
            self.lines.append(f"{now_ms} {i.sample_ms} {i.skin_code} {i.pad_code} {i.roller_ma} {i.buttons} {senses}")
            self._is_in_step = True
            step(controller, now_ms, inputs, out)
            self._is_in_step = False
            if self._digest.add(controller, out):
                self.lines.append(self._digest.line())

        controller_class.step = recorded

    def _wrap_command(self, controller_class: Any, name: str) -> None:
        command = getattr(controller_class, name)

        def recorded(controller: Any, *arguments: int) -> Any:
            if not self._is_in_step:  # what a tick does by itself, its replay does too
                self.lines.append(" ".join([name, *(str(int(argument)) for argument in arguments)]))
            return command(controller, *arguments)

        setattr(controller_class, name, recorded)

    def finish(self) -> list[str]:
        """Return all lines."""
        return [line for line in [*self.lines, self._digest.line()] if line]


def _spike(device: Device, ntc: str, ms: int) -> None:
    """Let a sensor's wire lose contact for a moment."""
    device.plant.do(f"{ntc} open")
    device.run_ms(ms)
    device.plant.do(f"{ntc} ok")


# What happens in a recorded session, by the part of its length that is over. In the gentle minute nothing would show.
_EVENTS: tuple[tuple[float, Callable[[Device], object]], ...] = (
    (0.12, lambda device: device.press("strength")),
    (0.20, lambda device: device.result("set", heat="medium")),
    (0.30, lambda device: device.result("set", strength=5)),
    (0.35, lambda device: device.press("heat")),  # one more is high
    (0.45, lambda device: device.press("mode")),
    (0.47, lambda device: device.press("mode")),
    (0.55, lambda device: _spike(device, "skin_ntc", 20)),  # one sample: the median takes it
    (0.62, lambda device: device.result("pause")),
    (0.63, lambda device: device.result("resume")),
    (0.70, lambda device: device.plant.do("contact_w_k 0.2")),
    (0.80, lambda device: device.result("set", strength=2, limit=3)),
    (0.90, lambda device: _spike(device, "pad_ntc", 20)),
)


def _begin(device: Device) -> None:
    """Have a session for a moment, on a lease, and the next one at once."""
    device.result("start", program="shiatsu", strength=1)
    device.result("renew")
    device.run_ms(4000)  # the lease ends it
    device.result("stop")
    device.start_confirmed(strength=3)


def _end(device: Device) -> None:
    """End the session with a broken sensor, acknowledge the fault, and start again, which comes too soon."""
    _spike(device, "skin_ntc", 300)
    device.run_ms(500)
    device.press("stop", 2500)
    device.request("start", program="shiatsu", strength=1)
    device.run_ms(1000)


def record(minutes: float = _MINUTES, seed: int = 1) -> list[str]:
    """Return the lines of a recorded shiatsu session with everything that may happen in one."""
    begin_ms = (1 << 29) - int(minutes * 30_000)  # the ring of the tick's time wraps in the middle
    with Device(seed=seed, start_ms=begin_ms, board=_BOARD) as device:
        recorder = _Recorder(device)
        device.run_ms(1000)
        _begin(device)
        for part, action in _EVENTS:
            device.run_ms(max(0.0, minutes * 60_000 * part - device.clock.now_us / 1000))
            action(device)
        device.run_ms(max(0.0, minutes * 60_000 - device.clock.now_us / 1000))
        _end(device)
        assert device.power.starts == 1, "the device was reset; its controller was replaced"
        return [f"# board={_BOARD} seed={seed} minutes={minutes:g}", *recorder.finish()]


def _run(engine: str, recording: Path, board: str, first: int = 0, last: int = 0) -> list[str]:
    """Return what comes out of a replay on an engine. Raises EngineMissing, RuntimeError."""
    script = str(ROOT / "sim/kneesim/replay_run.py")
    arguments = [str(ROOT / "firmware"), str(ROOT / "boards" / board), str(recording.resolve()), str(first), str(last)]
    command = [*engine_command(engine), script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_RUN_LIMIT_S)
    if done.returncode:
        last_words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise RuntimeError(f"did not replay it: {' '.join(last_words)}")
    return done.stdout.splitlines()


def _first_difference(one: Sequence[str], other: Sequence[str]) -> int | None:
    """Return the index of the first line in which two lists differ, None if they are the same."""
    for i in range(max(len(one), len(other))):
        if one[i : i + 1] != other[i : i + 1]:
            return i
    return None


def _explain(block: int, engine: str, base: str, recording: Path, board: str) -> str:
    """Return how an engine differs from another in a block of ticks: the first tick that does, if a replay shows it."""
    first, last = block * BLOCK_TICKS + 1, (block + 1) * BLOCK_TICKS
    where = f"between ticks {first} and {last}"
    if _RECORDED in (engine, base):
        return f"differs from what was recorded {where}"
    ours, theirs = (_run(name, recording, board, first, last) for name in (engine, base))
    i = _first_difference(ours, theirs)
    if i is None:
        return f"differed from {base} {where}, and not when asked again"
    return f"differs from {base}: {' '.join(ours[i : i + 1])!r} for {' '.join(theirs[i : i + 1])!r}"


def compare(recording: Path, engines: Sequence[str]) -> dict[str, Any]:
    """Replay a recording on engines; return {"ticks", "engines": {engine: {"agrees", "wall_s", "difference"}}}.

    Each is compared with the first engine that ran, then with what was recorded. Raises EngineMissing, OSError, and
    ValueError for what is no recording.
    """
    lines = recording.read_text().splitlines()
    header = dict(word.split("=", 1) for word in lines[0].split() if "=" in word) if lines else {}
    recorded = [line for line in lines if line.startswith("= ")]
    if "board" not in header or not recorded:
        raise ValueError(f"{recording} is no recording. Make one with: python -m kneesim.replay record FILE")
    outputs: dict[str, list[str]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for engine in engines:
        began = time.monotonic()
        difference = ""
        try:
            outputs[engine] = _run(engine, recording, header["board"])
            wall_s = time.monotonic() - began
            base = next(iter(outputs))
            for name, expected in ((base, outputs[base]), (_RECORDED, recorded)):
                block = _first_difference(outputs[engine], expected)
                if block is not None:
                    difference = _explain(block, engine, name, recording, header["board"])
                    break
        except RuntimeError as e:
            wall_s = time.monotonic() - began
            difference = str(e)
        rows[engine] = {"agrees": not difference, "wall_s": round(wall_s, 2), "difference": difference}
    return {"ticks": int(recorded[-1].split()[1]), "engines": rows}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kneesim.replay", description="Record a session; replay it.")
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="record a session of the simulated device")
    recording.add_argument("file", type=Path)
    recording.add_argument("--minutes", type=float, default=_MINUTES, help="how long (default: %(default)s)")
    recording.add_argument("--seed", type=int, default=1, help="chooses the noise of the sensors")
    running = commands.add_parser("run", help="replay a recording on each engine and compare")
    running.add_argument("file", type=Path)
    running.add_argument("--engine", choices=ENGINES, action="append", help="may be repeated (default: all installed)")
    running.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _show(found: dict[str, Any]) -> None:
    print(f"{found['ticks']} ticks, compared with what was recorded and with each other:")
    for engine, row in found["engines"].items():
        print(f"  {engine:8} {row['wall_s']:6.2f} s  {'agrees' if row['agrees'] else row['difference']}")


def main(words: Sequence[str] | None = None) -> int:
    """Record or run; return the exit status."""
    options = _parser().parse_args(words)
    try:
        if options.command == "record":
            if not _LEAST_MINUTES <= options.minutes <= _MINUTES:
                raise ValueError(f"--minutes must be between {_LEAST_MINUTES:g} and {_MINUTES:g}.")
            lines = record(options.minutes, options.seed)
            options.file.write_text("\n".join(lines) + "\n")
            print(f"{options.file}: {len(lines)} lines")
            return 0
        found = compare(options.file, options.engine or installed())
    except (EngineMissing, OSError, ValueError) as e:
        print(e, file=sys.stderr)
        return 2
    print(json.dumps(found)) if options.json else _show(found)
    return 0 if all(row["agrees"] for row in found["engines"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
