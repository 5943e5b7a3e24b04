"""Raspberry Pi Pico 2 (RP2350): pins, parts and what they can do. Facts alone; imports nothing: boot.py needs it first.

Pins and PWM slices are the Pico's (RP2350 data sheet, table 645). What is not: a reset by the watchdog may leave
outputs as they were until boot.py drives them (9.3), and the charge pump is what makes that safe. Erratum E9 of
stepping A2, gone with A3: an input that has been between low and high holds itself at 2.2 V against more than 8.2 k.
The read-backs are pulled down by 6.4 k, as long as pad or lamp or what stands in for it is there; else they read high,
which ends in a fault. The other inputs are pulled up, or analog. Made from boards/pico/board.py by boards/variants.py,
which says what differs.
"""

NAME = "pico2"
CHIP = "rp2350"
# Two words that outlive a reset: the first of the watchdog's eight. MicroPython itself uses the upper four.
SCRATCH_AT = 0x400D800C

# What is fitted. Take out what yours has not, put in "infrared" if it has the lamp; the firmware then does without, or
# with.
FEATURES = ("roller", "sides", "heat", "lamps", "buzzer", "rtc")

# Roller: H-bridge, both inputs on PWM slice 1. Side motors: low-side switches, both on slice 2. Channels of one
# slice share their frequency, so each pair has a slice of its own.
PIN_ROLLER_IN1 = 2
PIN_ROLLER_IN2 = 3
PIN_INNER = 4
PIN_OUTER = 5
MOTOR_PWM_HZ = 20000  # above hearing

PIN_HEATER = 6  # low-side switch of the pad, 10 k gate pull-down
PIN_INFRARED = 16  # low-side switch of the infrared lamp; drives nothing where none is fitted
PIN_ALIVE = 8  # into the charge pump that enables heater and motors

# The low side of each switch, through a divider to ground: high while the enable conducts and the switch is off. Each
# start needs it: where no pad is fitted, 1 k from the enable's output stands in for it.
PIN_HEATER_SENSE = 9
PIN_INFRARED_SENSE = 17
PIN_RAIL_GOOD = 7  # the supervisor's output: high from 4.5 to 5.5 V

PIN_RTC_SDA = 0  # battery clock DS3231 on I2C0; where "rtc" is no feature, both may be -1
PIN_RTC_SCL = 1
RTC_I2C = 0

PIN_STOP = 10  # normally closed to ground
PIN_MODE = 11  # the others normally open to ground
PIN_STRENGTH = 12
PIN_HEAT = 13

PIN_STRIP = 14  # eight WS2812 lamps
PIN_BUZZER = 15

ADC_READS_UV = False  # codes of its own reference, which the dividers hang on too
ADC_REFERENCE_MV = 3300
PIN_SKIN_NTC = 26
PIN_PAD_NTC = 27
PIN_ROLLER_CURRENT = 28
ROLLER_CURRENT_FULL_MA = 2000  # at the ADC's reference; stays under 2^14 so that the product is a small integer

# fmt: off
OUTPUT_PINS = (
    PIN_HEATER, PIN_INFRARED, PIN_ALIVE, PIN_ROLLER_IN1, PIN_ROLLER_IN2, PIN_INNER, PIN_OUTER, PIN_STRIP, PIN_BUZZER,
)
# fmt: on

# The pad, as its maker states it: power at 5.0 V, heat capacity of pad and element together, area. The simulated pad is
# made from these, so put in your own.
PAD_MW = 8000
PAD_MJ_K = 40000  # mJ/K
PAD_MM2 = 16000

# The roller, as its maker states it: current of the motor held at 5.0 V, the driver's current limit, torque at the
# shaft of the nodes per ampere without the gear's losses, and how far from the shaft a node presses at the least. The
# simulated roller is made from these, so put in your own.
ROLLER_STALL_MA = 1000
ROLLER_LIMIT_MA = 1200
ROLLER_NMM_A = 680  # 5 V x 0.85 over 60 rpm
ROLLER_LEVER_MM = 15

# SAF-33: the most each actuator may do, per mille, for the place it sits at. The side motors sit close to the joint.
ROLLER_CAP_PM = 1000
INNER_CAP_PM = 800
OUTER_CAP_PM = 800

# Which actuators reach which zone, as bits that zones.py names: thigh, sides, calf, kneecap, hollow. The roller
# platform lies under the leg; nothing acts on the kneecap or in the hollow of the knee.
_ROLLER, _INNER, _OUTER = 1, 2, 4
ZONE_ACTUATORS = (_ROLLER, _INNER | _OUTER, _ROLLER, 0, 0)

# NTC dividers, made with `python boards/ntc_table.py`, as on the Pico, whose ADC has steps (this one has none any more,
# data sheet 12.4.1): pull-ups of 4700 (skin) and 5100 ohm (pad), which differ so that a stuck multiplexer shows.
SKIN_NTC_PULL_UP_OHM = 4700
PAD_NTC_PULL_UP_OHM = 5100
# fmt: off
SKIN_NTC_MC = (
    150000, 150000, 150000, 143469, 130517, 120855, 113171, 106796,
    101349, 96588, 92356, 88540, 85061, 81859, 78888, 76112,
    73501, 71034, 68691, 66456, 64316, 62259, 60276, 58358,
    56497, 54687, 52923, 51198, 49509, 47850, 46218, 44609,
    43018, 41444, 39882, 38330, 36784, 35241, 33698, 32152,
    30599, 29036, 27460, 25865, 24249, 22607, 20932, 19220,
    17463, 15654, 13782, 11838, 9808, 7674, 5416, 3007,
    410, -2426, -5572, -9138, -13305, -18403, -25149, -35720,
    -60000,
)
PAD_NTC_MC = (
    150000, 150000, 150000, 139911, 127176, 117671, 110109, 103835,
    98471, 93783, 89614, 85855, 82428, 79272, 76344, 73607,
    71034, 68602, 66292, 64088, 61977, 59949, 57993, 56101,
    54265, 52480, 50739, 49038, 47370, 45734, 44123, 42534,
    40965, 39411, 37869, 36337, 34810, 33287, 31763, 30236,
    28703, 27159, 25602, 24028, 22432, 20809, 19155, 17463,
    15727, 13939, 12090, 10169, 8162, 6053, 3821, 1439,
    -1129, -3933, -7044, -10571, -14694, -19738, -26414, -36880,
    -60000,
)
# fmt: on
