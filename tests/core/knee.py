"""A knee in the device, as simple as it may be and still be believed: what the rigs of core and stories put around a
controller. Runs on MicroPython too, and allocates nothing in a tick.

    heater -> pad -> skin -> core        two lumps, stepped once a tick; the lamp shines on the skin
               +-> room

The enable comes up and lets go as the charge pump does, and the read-backs of both switches follow it. Integers: milli-
and micro-degrees, milliwatts, milliwatts per kelvin, joules per kelvin.
"""

_CORE_MC = 37000
_ROOM_MC = 22000
_TO_CORE_MW_K = 210
_COVER_MW_K = 90
_LAMP_MW = 1500
_MOST_DT_MS = 200  # what is longer is a gap, in which the pump let go
_TICK_MS = 20
_UP_TICKS = 15  # of toggling until the enable conducts
_HOLD_TICKS = 8  # for which it goes on without

# A straight "thermistor": 65 points from 128 degrees down, 2.5 degrees every 1024 codes.
TABLE = tuple([128000 - 2500 * i for i in range(65)])
OPEN_CODE = 65535
SHORT_CODE = 0


def code_for(mc):
    """Return the code that shows mc by TABLE, or up to 3 milli-degrees more, never less; its ends beyond them."""
    return max(SHORT_CODE, min((128000 - mc) * 1024 // 2500, OPEN_CODE))


class Probe:
    """One NTC and its converter, whose noise is the last bit: a code never stays the same for seconds."""

    def __init__(self):
        self.pinned_mc = None  # what a test makes it show
        self.held_code = None  # and without any noise
        self.lie_mc = 0  # shown on top of the truth
        self._chance = 1

    def read(self, mc):
        if self.held_code is not None:
            return self.held_code
        if self.pinned_mc is not None:
            mc = self.pinned_mc
        self._chance = (self._chance * 1103 + 12345) & 0xFFFF
        return max(SHORT_CODE, code_for(mc + self.lie_mc) - (self._chance >> 15))

    def pin(self, mc):
        """Show mc, with noise, until `release`."""
        self.pinned_mc = mc
        self.held_code = None

    def hold(self, code):
        """Give one and the same code until `release`."""
        self.held_code = code

    def release(self):
        """Show the truth again."""
        self.pinned_mc = None
        self.held_code = None
        self.lie_mc = 0


class Knee:
    """Call `step` before each tick, with the outputs of the last one: it fills in what the controller measures.

    A sense that is not None is what a read-back is stuck at.
    """

    def __init__(self, skin_mc=33000):
        self.skin = Probe()
        self.pad = Probe()
        self.pad_mw = 8000  # 0: the heater's wire is broken
        self.pad_j_k = 40
        self.skin_j_k = 120
        self.contact_mw_k = 1500  # 0: not worn
        self.is_welded = False  # the heater's switch
        self.heater_sense = None
        self.lamp_sense = None
        self.pad_uc = 0
        self.skin_uc = 0
        self._up_ticks = 0  # for which the alive pin has toggled
        self._hold_ticks = 0  # for which the enable still conducts
        self.settle(skin_mc)

    def settle(self, skin_mc):
        """Bring the skin to a temperature, and the pad to where it rests on it unheated."""
        self.skin_uc = skin_mc * 1000
        pad_mc = skin_mc - (skin_mc - _ROOM_MC) * _COVER_MW_K // (_COVER_MW_K + self.contact_mw_k)
        self.pad_uc = pad_mc * 1000

    def release(self):
        """Have both sensors show the truth again."""
        self.skin.release()
        self.pad.release()

    def is_enabled(self):
        return self._hold_ticks > 0

    def step(self, dt_ms, out, inputs):
        """Let dt_ms pass with a tick's outputs, then measure."""
        self._pump(dt_ms, out.is_alive)
        self._warm(max(0, min(dt_ms, _MOST_DT_MS)), out)
        inputs.skin_code = self.skin.read(self.skin_uc // 1000)
        inputs.pad_code = self.pad.read(self.pad_uc // 1000)
        is_up = self.is_enabled()
        # Nothing pulls the low side up where the heater's wire is broken, or where its switch conducts.
        if self.heater_sense is None:
            inputs.heater_sense = 1 if is_up and self.pad_mw and not self._is_heater_closed(out) else 0
        else:
            inputs.heater_sense = self.heater_sense
        if self.lamp_sense is None:
            inputs.lamp_sense = 1 if is_up and not out.is_lamp_on else 0
        else:
            inputs.lamp_sense = self.lamp_sense

    def _is_heater_closed(self, out):
        return out.is_heater_on or self.is_welded

    def _pump(self, dt_ms, is_toggled):
        if not is_toggled:
            self._up_ticks = 0
            self._hold_ticks = max(0, self._hold_ticks - max(1, dt_ms // _TICK_MS))
            return
        self._up_ticks += 1
        if self._up_ticks >= _UP_TICKS or self._hold_ticks:
            self._hold_ticks = _HOLD_TICKS

    def _warm(self, dt_ms, out):
        to_skin_mw = (self.pad_uc - self.skin_uc) // 1000 * self.contact_mw_k // 1000
        to_pad_mw = self.pad_mw if self.is_enabled() and self._is_heater_closed(out) else 0
        to_pad_mw -= to_skin_mw + (self.pad_uc // 1000 - _ROOM_MC) * _COVER_MW_K // 1000
        if self.is_enabled() and out.is_lamp_on:
            to_skin_mw += _LAMP_MW
        to_skin_mw -= (self.skin_uc // 1000 - _CORE_MC) * _TO_CORE_MW_K // 1000
        self.pad_uc += to_pad_mw * dt_ms // self.pad_j_k
        self.skin_uc += to_skin_mw * dt_ms // self.skin_j_k
