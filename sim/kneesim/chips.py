"""What the simulated chips differ in, as data. A board file names its chip in CHIP.

Sources: the data sheets of RP2040, RP2350, ESP32 and ESP32-S3 (v2.2), the schematics of Pico and Pico W, Espressif's
pages on GPIO, ADC, LED control and reset, and for what MicroPython makes of them its "Quick reference for the ESP32".
Nothing of RP2350, ESP32 and ESP32-S3 has been tried on a chip.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PINS = 49


class ChipKind:
    """The facts of one chip that its caller can get wrong. Times are milliseconds, frequencies Hz."""

    def __init__(
        self,
        name: str,
        pins: int,
        unusable: "dict[int, str]",
        input_only: "Iterable[int]",
        low_at_start: "Iterable[int]",
        adc_pins: "Iterable[int]",
        adc_steps: "Iterable[int]",
        adc_straight_mv: "tuple[int, int]",
        adc_ends_mv: "tuple[int, int]",
        adc_worst_mv: "tuple[int, int]",
        adc_error_mv: int,
        pin_modes: "tuple[int, int, int, int]",
        pwm_slices: int,
        pwm_most: "tuple[int, int]",
        pwm_hz: "tuple[int, int]",
        watchdog_ms: "tuple[int, int]",
        reset_cause: int,
        keeps_outputs_ms: int,
        scratch_at: int,
        is_reset_by_port: bool,
        has_touch: bool,
    ) -> None:
        self.name = name
        self.pins = pins  # numbers go from 0 to pins - 1
        self.unusable = unusable  # not brought out, or with a job of their own: the words go on after "pin N "
        self.input_only = tuple(input_only)  # no output driver and no pull-up
        self.low_at_start = tuple(low_at_start)  # fit for what is low when the chip starts, and for nothing else
        self.adc_pins = tuple(adc_pins)
        self.adc_steps = tuple(adc_steps)  # codes of 12 bits where it jumps
        # An ADC with a reference of its own, calibrated: read_uv() is right and read_u16() raw. Between the first two
        # it is straight; the others are the ends that a usual one reads and that the worst one may read. (0, 0): it
        # reads codes of the supply that the dividers hang on too.
        self.adc_straight_mv = adc_straight_mv
        self.adc_ends_mv = adc_ends_mv
        self.adc_worst_mv = adc_worst_mv
        self.adc_error_mv = adc_error_mv  # how far off it may be between the first two, calibrated as it is
        self.reads_uv = adc_straight_mv[1] > 0
        self.pin_modes = pin_modes  # Pin.IN, Pin.OUT, Pin.PULL_UP, Pin.PULL_DOWN
        self.pwm_slices = pwm_slices  # pins 2n and 2n+1 share a slice and its frequency; 0: nothing is shared
        self.pwm_most = pwm_most  # pins that can have PWM at once, and frequencies among them; (0, 0): as slices allow
        self.pwm_hz = pwm_hz
        self.watchdog_ms = watchdog_ms
        self.reset_cause = reset_cause  # what machine.reset() reads as afterwards
        self.keeps_outputs_ms = keeps_outputs_ms  # outputs stay as they were so long after a reset; 0: let go at once
        self.scratch_at = scratch_at  # address of two words that outlive a reset; 0: machine.RTC has memory instead
        self.is_reset_by_port = is_reset_by_port  # a host that opens the port pulls at its reset line
        self.has_touch = has_touch  # a host that opens it at 1200 baud sends it to its boot loader

    def slice_of(self, number: int) -> int:
        """Return which pins share a PWM frequency: those with the same slice."""
        return (number >> 1) % self.pwm_slices if self.pwm_slices else number

    def has_i2c(self, bus: int, sda: int, scl: int) -> bool:
        """Return True if these pins can be that I2C bus."""
        if bus not in (0, 1):
            return False
        # On Raspberry Pi's chips even pins are data and odd ones clock, and the bus changes with every second pin.
        return self.reads_uv or (sda & 3 == 2 * bus and scl & 3 == 2 * bus + 1)


def _because(*groups: "tuple[Iterable[int], str]") -> "dict[int, str]":
    found = {}
    for numbers, why in groups:
        for number in numbers:
            found[number] = why
    return found


_OF_THE_PICO = _because(
    ((23, 24, 29), "belongs to the Pico's supply, or to the radio of a Pico W"),
    ((25,), "is the Pico's LED, or belongs to the radio of a Pico W"),
)
_STRAP = "is read as a strap when the chip starts"
_CONSOLE = "is the console"
_NOWHERE = "is not brought out"

RP2040 = ChipKind(
    name="rp2040",
    pins=30,
    unusable=_OF_THE_PICO,
    input_only=(),
    low_at_start=(),
    adc_pins=(26, 27, 28),
    adc_steps=(512, 1536, 2560, 3584),  # erratum E11
    adc_straight_mv=(0, 0),
    adc_ends_mv=(0, 0),
    adc_worst_mv=(0, 0),
    adc_error_mv=0,
    pin_modes=(0, 1, 1, 2),
    pwm_slices=8,
    pwm_most=(0, 0),
    pwm_hz=(8, 62500000),
    watchdog_ms=(1, 8388),
    reset_cause=3,  # as after the watchdog
    keeps_outputs_ms=0,
    scratch_at=0x4005800C,
    is_reset_by_port=False,
    has_touch=True,
)

# As on a Pico 2: its pins are the Pico's, and so are their PWM slices (data sheet, table 645). The ADC has no steps any
# more (12.4.1). A reset by the watchdog resets the registers of the pads, which latches them as they are: "does not
# physically return the pad to its reset state" (9.3). So an output may stay until boot.py drives it; half a second is
# an estimate.
RP2350 = ChipKind(
    name="rp2350",
    pins=30,
    unusable=_OF_THE_PICO,
    input_only=(),
    low_at_start=(),
    adc_pins=(26, 27, 28),
    adc_steps=(),
    adc_straight_mv=(0, 0),
    adc_ends_mv=(0, 0),
    adc_worst_mv=(0, 0),
    adc_error_mv=0,
    pin_modes=(0, 1, 1, 2),
    pwm_slices=8,
    pwm_most=(0, 0),
    pwm_hz=(8, 62500000),
    watchdog_ms=(1, 8388),
    reset_cause=3,
    keeps_outputs_ms=500,
    scratch_at=0x400D800C,  # 12.9.7
    is_reset_by_port=False,
    has_touch=True,
)

# The original ESP32. 2 is a strap too, but an input that is low at the start does no harm. ADC2 (the other analog pins)
# fails while the radio is on.
#
# A restart of its processor, by machine.reset() or by the watchdog, resets no more than that and a few others: not the
# pins, not the PWM (ESP-IDF's reference on esp_restart; the watchdog's panic ends in the same). Its reset line is
# another thing: the whole chip, with the memory of its RTC, and it says afterwards that the power came on (reference on
# esp_reset_reason: no reset by a pin is told on an ESP32).
ESP32 = ChipKind(
    name="esp32",
    pins=40,
    unusable=_because(
        ((0, 5, 12, 15), _STRAP),
        ((14,), "toggles when the chip starts"),
        ((1, 3), _CONSOLE),
        (range(6, 12), "is the flash"),
        ((20, 24, 28, 29, 30, 31), _NOWHERE),
    ),
    input_only=range(34, 40),
    low_at_start=(2,),
    adc_pins=range(32, 40),
    adc_steps=(),
    adc_straight_mv=(150, 2450),  # where its data sheet says so, at 11 dB
    adc_ends_mv=(142, 3134),  # of its lowest and highest code, by its driver's line fit for a reference of 1100 mV
    adc_worst_mv=(142, 3060),
    adc_error_mv=60,
    pin_modes=(1, 3, 2, 1),
    pwm_slices=0,
    pwm_most=(16, 8),
    pwm_hz=(1, 40000000),
    watchdog_ms=(1000, 1 << 22),  # the least is the port's; the most only has to be some number
    reset_cause=0,  # by newer versions of MicroPython 2, HARD_RESET
    keeps_outputs_ms=500,  # until boot.py drives them; an estimate
    scratch_at=0,
    is_reset_by_port=True,  # DTR and RTS pull at the reset line of the usual boards
    has_touch=False,
)

# As on an ESP32-S3-DevKitC-1. What is low for a moment at power-up (1 to 14 and 17) does no harm. The pins of JTAG, 39
# to 42, are free: it goes over USB unless it was told otherwise.
ESP32S3 = ChipKind(
    name="esp32s3",
    pins=49,
    unusable=_because(
        ((0, 3, 45, 46), _STRAP),
        ((18,), "is high for 60 us at power-up"),  # table 2-2
        ((19, 20), "is the USB, and high for a moment at power-up"),
        ((22, 23, 24, 25), _NOWHERE),
        (range(26, 38), "is the flash or its memory"),  # 33 to 37 where those are octal
        ((38, 48), "is the LED of the usual board"),  # by its version
        ((43, 44), _CONSOLE),
        ((47,), "runs at 1.8 V on some modules"),
    ),
    input_only=(),
    low_at_start=(),
    adc_pins=range(1, 11),
    adc_steps=(),
    adc_straight_mv=(0, 2900),  # table 5-6, at 11 dB
    adc_ends_mv=(0, 3100),
    adc_worst_mv=(50, 2900),
    adc_error_mv=50,
    pin_modes=(1, 3, 2, 1),
    pwm_slices=0,
    pwm_most=(8, 4),
    pwm_hz=(1, 40000000),
    watchdog_ms=(1000, 1 << 22),
    reset_cause=0,
    keeps_outputs_ms=500,
    scratch_at=0,
    is_reset_by_port=True,
    has_touch=False,
)

KINDS = {kind.name: kind for kind in (RP2040, RP2350, ESP32, ESP32S3)}
