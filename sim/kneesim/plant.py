"""Everything the board's wires go to, put together from the board file: pad, skin, sensors, motors, enable, buttons.

Physics is computed up to the present whenever the firmware reads a sensor or an output changes, in steps of at most
25 ms.
"""

from kneesim.chip import Chip
from kneesim.chips import KINDS
from kneesim.heat import Heat, HeatParams
from kneesim.motors import Roller, RollerParams, SideMotor, SideParams
from kneesim.noise import Noise
from kneesim.pump import ChargePump, PumpParams
from kneesim.thermistor import Adc12, Divider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LATEST_US = 100_000_000_000  # an event may come this late
_STEP_US = 25000  # a tick and its jitter in one step
_OPEN_CODE = 65535.0  # nothing pulls the divider down
_SHORT_CODE = 0.0

# What an ESP32 at 11 dB makes of its lowest and highest code, by its driver's line fit for a reference of 1100 mV.
_ADC_LEAST_MV = 142
_ADC_MOST_MV = 3134
_ADC_NOISE_MV = 6  # with the 100 nF at the pin that its data sheet asks for

BUTTONS = ("stop", "mode", "strength", "heat")
NTC_STATES = ("ok", "open", "short")


class AdcMicrovolts:
    """An ESP32's converter as MicroPython's read_uv() gives it: whole millivolts, and neither end reaches a rail."""

    def __init__(self, noise: Noise, reference_mv: int) -> None:
        self._noise = noise
        self._reference_mv = reference_mv

    def read(self, ideal_code: float) -> int:
        """Return the microvolts for an ideal code of 0 to 65535 of the reference."""
        mv = int(ideal_code * self._reference_mv / 65535.0) + self._noise.spread(_ADC_NOISE_MV)
        return min(max(mv, _ADC_LEAST_MV), _ADC_MOST_MV) * 1000


class Plant:
    """A person's knee in the device. Temperatures and loads are attributes of heat, roller, inner and outer."""

    def __init__(self, chip: Chip, board: "Any", seed: int) -> None:
        chip.kind = KINDS[board.CHIP]
        self.heat = Heat(HeatParams())
        self.pad_w = HeatParams().pad_w
        self.lamp_w = HeatParams().lamp_w if "infrared" in board.FEATURES else 0.0
        self.roller = Roller(RollerParams())
        self.inner = SideMotor(SideParams())
        self.outer = SideMotor(SideParams())
        self.pump = ChargePump(PumpParams())
        self.skin_ntc = "ok"
        self.pad_ntc = "ok"
        self.peak_skin_c = self.heat.skin_c
        self._chip = chip
        self._clock = chip.clock
        self._board = board
        self._until_us = chip.clock.now_us
        self._is_down = {"stop": False, "mode": False, "strength": False, "heat": False}
        noise = Noise(seed)
        if board.ADC_READS_UV:
            self._convert = AdcMicrovolts(noise, board.ADC_REFERENCE_MV).read
        else:
            self._convert = Adc12(noise).read_u16
        self._skin_divider = Divider(board.SKIN_NTC_PULL_UP_OHM)
        self._pad_divider = Divider(board.PAD_NTC_PULL_UP_OHM)
        self.skin_code = 0  # as last read, in what the chip's ADC gives
        self.pad_code = 0
        self._wire()

    def _wire(self) -> None:
        chip = self._chip
        board = self._board
        chip.adc[board.PIN_SKIN_NTC] = self._read_skin
        chip.adc[board.PIN_PAD_NTC] = self._read_pad
        chip.adc[board.PIN_ROLLER_CURRENT] = self._read_current
        chip.listen[board.PIN_ALIVE] = self._on_alive
        chip.listen[board.PIN_HEATER] = self.advance
        chip.listen[board.PIN_INFRARED] = self.advance
        chip.before_reset = self.advance
        # STOP is normally closed to ground, the others normally open.
        chip.drive[board.PIN_STOP] = lambda: None if self._is_down["stop"] else 0
        chip.drive[board.PIN_MODE] = lambda: 0 if self._is_down["mode"] else None
        chip.drive[board.PIN_STRENGTH] = lambda: 0 if self._is_down["strength"] else None
        chip.drive[board.PIN_HEAT] = lambda: 0 if self._is_down["heat"] else None

    def advance(self) -> None:
        """Bring the physics up to the present, with the outputs as they have been since the last time."""
        now_us = self._clock.now_us
        while self._until_us < now_us:
            dt_us = min(now_us - self._until_us, _STEP_US)
            self._until_us += dt_us
            self._step(dt_us / 1000000)

    def _step(self, dt_s: float) -> None:
        chip = self._chip
        board = self._board
        if self._is_down["stop"]:
            self.pump.discharge(self._until_us)
        is_enabled = self.pump.is_on(self._until_us)
        if is_enabled:
            roller_pm = chip.output_pm(board.PIN_ROLLER_IN1) - chip.output_pm(board.PIN_ROLLER_IN2)
            inner_pm = chip.output_pm(board.PIN_INNER)
            outer_pm = chip.output_pm(board.PIN_OUTER)
            heater_w = self.pad_w if chip.level[board.PIN_HEATER] else 0.0
            if chip.level[board.PIN_INFRARED]:
                self.heat.shine(dt_s, self.lamp_w)
        else:
            roller_pm = inner_pm = outer_pm = 0
            heater_w = 0.0
        self.heat.step(dt_s, heater_w)
        self.roller.step(dt_s, roller_pm)
        self.inner.step(dt_s, inner_pm)
        self.outer.step(dt_s, outer_pm)
        if self.heat.skin_c > self.peak_skin_c:
            self.peak_skin_c = self.heat.skin_c

    def _on_alive(self) -> None:
        # The pump keeps its own time; the rest of the physics has come up to this tick already.
        self.pump.edge(self._clock.now_us)

    def _read_skin(self) -> int:
        self.advance()
        self.skin_code = self._read_ntc(self.skin_ntc, self._skin_divider, self.heat.skin_c)
        return self.skin_code

    def _read_pad(self) -> int:
        self.advance()
        self.pad_code = self._read_ntc(self.pad_ntc, self._pad_divider, self.heat.pad_c)
        return self.pad_code

    def _read_ntc(self, state: str, divider: Divider, temp_c: float) -> int:
        if state == "ok":
            return self._convert(divider.code(temp_c))
        return self._convert(_OPEN_CODE if state == "open" else _SHORT_CODE)

    def _read_current(self) -> int:
        self.advance()
        return self._convert(self.roller.current_ma * 65535 / self._board.ROLLER_CURRENT_FULL_MA)

    def button(self, name: str, is_down: bool) -> None:
        """Press a button or let it go. STOP's second contact keeps the enable discharged while it is pressed
        (SAF-34).
        """
        self.advance()
        self._is_down[name] = is_down

    def do(self, words: str) -> None:
        """Carry out the words of an event, for instance "press stop". Raises ValueError for what EVENTS does not
        list.
        """
        what, value = check_words(words)
        self.advance()
        if what == "press" or what == "release":
            self.button(value, what == "press")
        elif what == "roller":
            self.roller.is_jammed = value == "jammed"
        elif what == "skin_c":
            self.heat.skin_c = value
        elif what == "pad_c":
            self.heat.pad_c = value
        elif what == "contact_w_k":
            self.heat.contact_w_k = value
        elif what == "skin_ntc":
            self.skin_ntc = value
        else:
            self.pad_ntc = value


EVENTS = (
    "press|release stop|mode|strength|heat",
    "skin_ntc|pad_ntc ok|open|short",
    "skin_c|pad_c DEGREES (jumps there, then goes its way)",
    "contact_w_k W_PER_K (how well the pad sits)",
    "roller jammed|free",
)


_WORDS = {
    "press": BUTTONS,
    "release": BUTTONS,
    "skin_ntc": NTC_STATES,
    "pad_ntc": NTC_STATES,
    "roller": ("jammed", "free"),
}
_NUMBERS = {"skin_c": (0.0, 90.0), "pad_c": (0.0, 90.0), "contact_w_k": (0.0, 10.0)}


def check_words(words: str) -> "tuple[str, Any]":
    """Return an event's words as (what, value), the value a word or a float; raises ValueError with all that can be."""
    parts = words.split()
    if len(parts) == 2:
        what, value = parts
        if value in _WORDS.get(what, ()):
            return what, value
        if what in _NUMBERS:
            least, most = _NUMBERS[what]
            try:
                number = float(value)
            except ValueError:
                number = least - 1
            if not least <= number <= most:
                raise ValueError("'%s': the value must be from %d to %d." % (words, least, most))
            return what, number
    raise ValueError("cannot do '" + words + "'. Events are: " + "; ".join(EVENTS) + ".")


def parse_event(line: str) -> "tuple[int, str]":
    """Return (time in us, words) of a line "SECONDS WORDS", for instance "60 skin_ntc open". Raises ValueError."""
    parts = line.strip().split(" ", 1)
    try:
        when_us = int(float(parts[0]) * 1000000)
        words = parts[1]
    except (ValueError, IndexError):
        raise ValueError(
            "an event is SECONDS and what happens then, for instance '60 skin_ntc open', not '" + line + "'."
        )
    except OverflowError:  # infinity
        when_us = -1
    if not 0 <= when_us <= _LATEST_US:
        raise ValueError("'" + line + "': the time must be from 0 to 100000 seconds.")
    check_words(words)
    return when_us, words
