"""ESP32-S3 (ESP32-S3-DevKitC-1 with a module whose flash runs at 3.3 V): pins, parts and what they can do. Facts alone;
imports nothing: boot.py needs it first.

Another chip than the ESP32, with other pins; the firmware sees no difference. Opening its port is taken to reset the
chip, as it does an ESP32. Made from boards/esp32/board.py by boards/variants.py, which says what differs.
"""

NAME = "esp32s3"
CHIP = "esp32s3"
SCRATCH_AT = 0  # the chip has no such words: what outlives a reset is in the memory of machine.RTC

# What is fitted. Take out what yours has not, put in "infrared" if it has the lamp; the firmware then does without, or
# with.
FEATURES = ("roller", "sides", "heat", "lamps", "buzzer", "rtc")

# Only pins that rest while the chip starts: no straps (0, 3, 45, 46), none that is high for a moment at power-up (18 to
# 20, data sheet table 2-2; what is low for a moment does no harm), not USB (19, 20), the flash and its memory (26 to
# 37), the console (43, 44), the LED of the board (38 or 48, by its version) or 47, which some modules run at 1.8 V. 39
# to 42 are those of JTAG, which goes over USB unless the chip was told otherwise: for contacts alone. Every gate has a
# 10 k pull-down. A restart may leave outputs as they were, and the charge pump is what makes that safe.
PIN_ROLLER_IN1 = 15
PIN_ROLLER_IN2 = 16
PIN_INNER = 10
PIN_OUTER = 11
MOTOR_PWM_HZ = 20000  # above hearing

PIN_HEATER = 5  # low-side switch of the pad, 10 k gate pull-down
PIN_INFRARED = 6  # low-side switch of the infrared lamp; drives nothing where none is fitted
PIN_ALIVE = 7  # into the charge pump that enables heater and motors

# The low side of each switch, through a divider to ground: high while the enable conducts and the switch is off. Each
# start needs it: where no pad is fitted, 1 k from the enable's output stands in for it.
PIN_HEATER_SENSE = 14
PIN_INFRARED_SENSE = 17
PIN_RAIL_GOOD = 21  # the supervisor's output: high from 4.5 to 5.5 V

PIN_RTC_SDA = 8  # battery clock DS3231; where "rtc" is no feature, both may be -1
PIN_RTC_SCL = 9
RTC_I2C = 0

PIN_STOP = 42  # normally closed to ground
PIN_MODE = 41  # the others normally open to ground
PIN_STRENGTH = 40
PIN_HEAT = 39

PIN_STRIP = 12  # eight WS2812 lamps
PIN_BUZZER = 13

ADC_READS_UV = True  # against a reference of its own, calibrated in the factory; straight from 0 to 2900 mV, within 50
ADC_REFERENCE_MV = 3300  # what the dividers hang on
PIN_SKIN_NTC = 1  # ADC1 alone, 1 to 10: ADC2 fails while the radio is on. 100 nF to ground at each
PIN_PAD_NTC = 2
PIN_ROLLER_CURRENT = 4
ROLLER_CURRENT_FULL_MA = 2000  # at the reference; stays under 2^14 so that the product is a small integer

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

# NTC dividers, made with `python boards/ntc_table.py`: pull-ups of 22 k (skin) and 24 k (pad) keep -10 to 80 degrees
# within the straight part of this ADC, and differ so that a stuck multiplexer shows.
SKIN_NTC_PULL_UP_OHM = 22000
PAD_NTC_PULL_UP_OHM = 24000
# fmt: off
SKIN_NTC_MC = (
    150000, 126094, 99392, 85141, 75520, 68288, 62502, 57680,
    53542, 49913, 46677, 43752, 41078, 38611, 36318, 34170,
    32147, 30232, 28410, 26669, 25000, 23393, 21842, 20339,
    18880, 17459, 16072, 14714, 13383, 12074, 10785, 9512,
    8253, 7005, 5766, 4533, 3303, 2075, 845, -388,
    -1628, -2878, -4140, -5417, -6713, -8032, -9379, -10757,
    -12173, -13633, -15145, -16718, -18363, -20094, -21929, -23890,
    -26008, -28325, -30901, -33827, -37257, -41466, -47059, -55878,
    -60000,
)
PAD_NTC_MC = (
    150000, 122614, 96360, 82335, 72862, 65739, 60039, 55286,
    51207, 47630, 44440, 41555, 38918, 36485, 34222, 32104,
    30108, 28218, 26420, 24702, 23055, 21469, 19937, 18454,
    17014, 15611, 14241, 12900, 11586, 10293, 9020, 7763,
    6519, 5287, 4062, 2844, 1630, 416, -799, -2017,
    -3243, -4477, -5724, -6987, -8268, -9572, -10902, -12265,
    -13665, -15108, -16603, -18158, -19785, -21497, -23312, -25252,
    -27346, -29638, -32186, -35083, -38476, -42642, -48179, -56913,
    -60000,
)
# fmt: on
