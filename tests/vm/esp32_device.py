"""A whole ESP32, firmware and all, on the simulated chip, through what no other chip does. Runs on MicroPython.

esp32_device.py ROOT CASE [NUMBER]      prints a line of JSON: what was seen. CASE is one of CASES below
"""

import json
import sys

ROOT = sys.argv[1]
for folder in ("/firmware", "/sim"):
    sys.path.insert(0, ROOT + folder)

from kneesim import plant  # noqa: E402
from kneesim.chip import Chip, ChipReset, Machine  # noqa: E402
from kneesim.clock import Clock  # noqa: E402
from kneesim.flash import Flash  # noqa: E402
from kneesim.port import Port  # noqa: E402
from kneesim.power import Power, load_board  # noqa: E402
from massager.core import sensors  # noqa: E402
from massager.link import frame  # noqa: E402

SESSION_MS = 1000
ON_FROM_MS = 45_000  # the first strokes are over by then, and the pad is warm
LOOK_MS = 5
STARTED_MS = 1000  # after a reset: the firmware has made everything
ANSWERED_MS = 200
HANG_US = 1000


class Esp32:
    """One device, with a host and a person whose doings are events of its clock. seen: what is printed at the end."""

    def __init__(self):
        self.board = load_board(ROOT + "/boards/esp32", ROOT + "/firmware")
        self.clock = Clock()
        self.port = Port(self.clock)
        self.chip = Chip(self.clock)
        self.plant = plant.Plant(self.chip, self.board, 1)
        self.power = Power(self.chip, self.port, ROOT + "/firmware", self.board, Flash.used())
        self.made = []  # since the last start: what each pin was turned into, and how it was driven until then
        self.seen = {"outputs": self.board.OUTPUT_PINS}
        self._deframer = frame.Deframer()
        self.clock.on_sleep = self._listen
        self._watch_pins()

    def _watch_pins(self):
        chip = self.chip
        make_pin, power_on = chip.make_pin, chip.power_on

        def note_pin(number, mode, pull, value):
            self.made.append([number, mode == chip.kind.pin_modes[1], chip.output_pm(number)])
            make_pin(number, mode, pull, value)

        def note_start():
            self.made = []
            power_on()

        chip.make_pin, chip.power_on = note_pin, note_start

    def now_ms(self):
        return self.clock.now_us // 1000

    def after(self, ms, action):
        self.clock.at(self.clock.now_us + ms * 1000, action)

    def ask(self, method, **params):
        """Send a request; its answer comes into seen under the method's name."""
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.port.host_writes(frame.encode(json.dumps(request).encode()))

    def _listen(self):
        for _, json_bytes in self._deframer.feed(self.port.host_reads()):
            answer = json.loads(json_bytes)
            if "id" in answer:
                self.seen[answer["id"]] = answer.get("result")

    def levels(self):
        """Return how much of the time each output is driven high, per mille."""
        return [self.chip.output_pm(number) for number in self.board.OUTPUT_PINS]

    def start_session(self):
        """Have the host start all there is, and the person confirm it."""
        self.ask("start", program="shiatsu", strength=5)
        self.after(200, lambda: self.plant.do("press mode"))
        self.after(300, lambda: self.plant.do("release mode"))
        self.after(500, lambda: self.ask("set", heat="medium"))

    def when_all_is_on(self, action):
        """Call action once heater, roller and alive pin are driven high, all in one moment."""
        board, chip = self.board, self.chip

        def look():
            roller_pm = chip.output_pm(board.PIN_ROLLER_IN1) + chip.output_pm(board.PIN_ROLLER_IN2)
            if chip.level[board.PIN_HEATER] and chip.level[board.PIN_ALIVE] and roller_pm:
                action()
            else:
                self.after(LOOK_MS, look)

        look()

    def note_start(self):
        """Note how the device has started, and in a moment what it says."""
        self.seen["made"] = self.made
        self.seen["levels_started"] = self.levels()
        self.seen["is_enabled"] = self.plant.is_enabled(self.clock.now_us)
        self.ask("hello")
        self.after(ANSWERED_MS, lambda: self.ask("status"))

    def run(self, until_ms):
        """Play until then, and print what was seen."""
        self.clock.at(until_ms * 1000, self.power.end)
        self.power.run()
        self.seen["starts"] = self.power.starts
        self.seen["violations"] = self.chip.violations
        print(json.dumps(self.seen))


def reset_in_session(reset, resets_after_ms=STARTED_MS):
    """Let reset(device) raise ChipReset in a session; tell of it."""
    device = Esp32()

    def act():
        device.seen["levels_before"] = device.levels()
        device.after(resets_after_ms, device.note_start)
        try:
            reset(device)
        finally:
            device.seen["levels_reset"] = device.levels()

    device.clock.at(SESSION_MS * 1000, device.start_session)
    device.clock.at(ON_FROM_MS * 1000, lambda: device.when_all_is_on(act))
    device.run(ON_FROM_MS + 10_000)


def restart(cause):
    """The processor restarts by itself, and machine.reset_cause() is then what some version of MicroPython says."""
    reset_in_session(lambda device: restart_of(device, cause))


def restart_of(device, cause):
    try:
        device.chip.reset(device.chip.kind.reset_cause)
    except ChipReset:
        device.chip.reset_cause = cause
        raise


def hang():
    """The program hangs, and the watchdog bites."""

    def go_on(device):
        while True:
            device.clock.advance(HANG_US)

    reset_in_session(go_on, 2000 + STARTED_MS)


def port():
    """A host opens the port."""
    reset_in_session(lambda device: device.chip.open_port())


def thrice(how):
    """Three resets within a minute, with nothing on: 0 restarts, 1 the port is opened."""
    device = Esp32()
    for count in range(3):
        reset = device.chip.open_port if how else lambda: restart_of(device, 0)
        device.clock.at((SESSION_MS + count * 5000) * 1000, reset)
    device.clock.at(20_000_000, device.note_start)
    device.run(25_000)


def unburnt():
    """A chip of the first ones, without the calibration that read_uv() goes by."""
    device = Esp32()
    device.chip.is_adc_calibrated = False
    highs = []
    set_level = device.chip.set_level

    def note_level(number, level):
        if level:
            highs.append(number)
        set_level(number, level)

    device.chip.set_level = note_level
    device.clock.at(SESSION_MS * 1000, device.start_session)
    device.clock.at(8_000_000, lambda: device.ask("status"))
    device.seen["highs"] = highs
    device.run(10_000)


def readings():
    """What AnalogIn and the tables make of each temperature that the converter reads straight, and of its ends."""
    device = Esp32()
    sys.modules["machine"] = machine = Machine(device.chip)
    from massager.device.analog import AnalogIn

    board = device.board
    least_mv, most_mv = device.chip.kind.adc_straight_mv
    for name, pin, table in (
        ("skin", board.PIN_SKIN_NTC, board.SKIN_NTC_MC),
        ("pad", board.PIN_PAD_NTC, board.PAD_NTC_MC),
    ):
        analog = AnalogIn(pin, board)
        made = []
        for mv in range(least_mv, most_mv + 1, 10):
            device.chip.adc[pin] = lambda mv=mv: mv * 1000
            made.append([mv, sensors.table_mc(table, analog.read())])
        device.seen[name] = made
        device.seen[name + "_ends"] = ends = []
        for mv in device.chip.kind.adc_ends_mv:
            device.chip.adc[pin] = lambda mv=mv: mv * 1000
            ends.append(sensors.table_mc(table, analog.read()))
    assert machine.ADC.ATTN_11DB == 3
    device.seen["violations"] = device.chip.violations
    print(json.dumps(device.seen))


CASES = {
    "restart": restart,
    "hang": hang,
    "port": port,
    "thrice": thrice,
    "unburnt": unburnt,
    "readings": readings,
}
CASES[sys.argv[2]](*[int(word) for word in sys.argv[3:]])
