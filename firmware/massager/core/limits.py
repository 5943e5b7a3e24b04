"""Every number that protects a person, each with its requirement and its source.

The requirements are in docs/safety.md. Nothing outside this file may repeat one of these numbers; the tests that fail
without a limit name its id.
"""

from micropython import const

# SAF-01: skin set points, milli-degrees Celsius, by heat level off, low, medium, high. 41 is the most that IEC 60601-1
# lets an applied part reach on skin for long contact; low and medium sit 4 and 2 degrees below it.
SKIN_SET_MC = (0, 37000, 39000, 41000)
SKIN_SET_MAX_MC = const(41000)

# SAF-02: skin at or above this for so long gets no heat until it is below the lower one, a degree less. No set point
# comes near it; what does is a sensor that was badly placed when the control learnt from it.
SKIN_SOFT_MC = const(42000)
SKIN_SOFT_MS = const(2000)
SKIN_SOFT_RELEASE_MC = const(41000)

# SAF-03: cut-off at the skin sensor. IEC 60601-1 allows 43 degrees for contact of under 10 minutes; a session is
# longer.
SKIN_CUTOFF_MC = const(43000)

# SAF-04: the pad may be this far above the skin set point in control, and never above the clamp: a pad that is itself
# close to safe skin temperature cannot burn when the skin sensor lies. A skin sensor that reads 2 to 6 degrees low
# looks like a loose strap, so time counts too: from a dose of so much at the pad on (in ms at 43 degrees) the clamp is
# lower. Skin so much above its set point gets no heat, since the pad's sensor may read too low. All three are from the
# study of docs/thresholds.md. The cut-off catches a control that fails.
PAD_ABOVE_SET_MC = const(4000)
PAD_CLAMP_MC = const(42500)
PAD_CLAMP_DOSE_MS = const(60000)
PAD_CLAMP_LATE_MC = const(41600)
SKIN_ABOVE_SET_MC = const(400)
PAD_CUTOFF_MC = const(46000)

# SAF-05: a reading outside this band is no temperature a knee or this pad can have: the sensor or its wire is broken.
SENSOR_LOW_MC = const(-10000)
SENSOR_HIGH_MC = const(70000)

# SAF-07: so many samples outside of the band of SAF-05 within this time are a loose contact; single ones pass.
LOOSE_SAMPLES = const(3)
LOOSE_MS = const(10000)

# SAF-08: a reading changes faster than skin or pad can when, compared with so many samples before, it has moved by more
# than 5 degrees a second, so many times in a row. (The strongest pad on the least mass, 1.21 x 10 W in 20 J/K, gets
# 0.6 degrees a second warmer.) A sensor that is being put on jumps too, so it counts only from then on.
JUMP_MC_PER_MS = const(5)
JUMP_OVER_SAMPLES = const(10)
JUMP_IN_A_ROW = const(3)
JUMP_ARMED_MS = const(60000)

# SAF-09: the pad reads this much colder than it can be after all the heat it was given, for so long; docs/thresholds.md
# says what healthy devices do.
PAD_BELOW_MC = const(1000)
NO_RISE_MS = const(30 * 1000)

# SAF-10: the pad rises so much further in 20 s than its heat can explain; not before the device has been on the skin
# for so long (docs/thresholds.md).
RUNAWAY_MC = const(1300)
RUNAWAY_ARMED_MS = const(60 * 1000)

# SAF-12: the converter's noise is more than one code, so a reading that stays exactly the same for this long is not
# being taken. A code that the converter makes wider than the noise (see readings.py) may stay for as long as cold skin
# under a weak pad takes to get a tenth of a degree warmer. docs/thresholds.md says for how long healthy devices stand
# still; each limit is at least twice that, and longer than the slowest that can be built.
FROZEN_MS = const(5000)
FROZEN_WIDE_MS = const(190000)

# SAF-11: a switch of a source of heat is wrong when its low side has not followed it for this many ticks. That it is up
# while the switch is off counts after this many ticks of toggling, when the dead-man switch conducts for sure: it needs
# up to 200 ms (see SAF-41).
SWITCH_TICKS = const(3)
SWITCH_ARMED_TICKS = const(25)
# SAF-13: the skin reads this much warmer than such a pad can make it, or the pad is as cold as in SAF-09, for so long;
# not before heat has been wanted for so long (docs/thresholds.md).
SKIN_ABOVE_MC = const(2100)
DISAGREE_MS = const(10 * 1000)
DISAGREE_ARMED_MS = const(60 * 1000)

# SAF-14: samples older than this count as unknown. Five periods of the 20 ms tick have to be missed twice over.
STALE_MS = const(200)

# SAF-15: heat dose at the skin, in ms at 43 degrees: 2.0 minutes (CEM43) a session, the most that van Rhoon (2013) lets
# anybody have uncontrolled, and his 9.0, with somebody watching, for a whole day.
DOSE_SESSION_MS = const(2 * 60 * 1000)
DOSE_DAY_MS = const(9 * 60 * 1000)

# SAF-16: heat does not begin while skin or pad is outside of this: below, the device comes out of the cold and its
# numbers were never tried there; above, something heats already.
HEAT_START_LOW_MC = const(5000)
HEAT_START_HIGH_MC = const(42000)

# SAF-17: the skin reads this much colder than skin under such a pad can be, for so long: nobody wears it
# (docs/thresholds.md).
SKIN_BELOW_MC = const(2000)
UNWORN_MS = const(45 * 1000)

# SAF-19: what a pad may give the skin it covers, in microwatts a square millimetre: 0.05 W/cm2, at which skin of little
# blood flow stays within the goals of docs/safety.md.
SURFACE_UW_SQ_MM = const(500)

# SAF-20: session cap from first start to stop, pauses included: the source text's 10 to 15 minutes, 20 for warmth
# alone; never over 25 there. It may be set between the least and the most, between sessions only.
SESSION_CAP_MS = const(15 * 60 * 1000)
SESSION_CAP_LEAST_MS = const(5 * 60 * 1000)
SESSION_CAP_MOST_MS = const(20 * 60 * 1000)

# SAF-21: the alive pin may be toggled for this much longer than a session may last, by the pin's own count.
ALIVE_EXTRA_MS = const(2000)

# SAF-22: rest after a session: 20 minutes for 15 of use, as the source text has it ("lie down for about 20 minutes").
# So much use may be without its rest when a session begins, which is then so much shorter: for one that was stopped by
# mistake.
REST_FOR_USE = (20, 15)
UNRESTED_MS = const(60 * 1000)

# SAF-23: what sessions may last together in any 24 hours: the source text's "at most about four sessions".
DAY_USE_MS = const(60 * 60 * 1000)

# SAF-25: no battery lasts longer than this, so a longer time off is none. The battery clock has to keep pace with the
# controller's own within so many seconds and one part of so many: crystals are a thousand times better.
OFF_MOST_S = const(10 * 365 * 24 * 3600)
PACE_S = const(3)
PACE_PART = const(64)

# SAF-26: a gap between ticks longer than this turns everything off: nobody watched the skin meanwhile.
TICK_GAP_MS = const(200)

# SAF-30: outputs rise by at most 200 per mille in 100 ms, and change direction only after this long at zero, so that
# neither the gear nor the limb is jerked.
SLEW_PM_PER_MS = const(2)
TICK_MS = const(20)  # a late tick raises an output no further than one on time
REVERSAL_ZERO_MS = const(200)

# SAF-31: the first minute of a session runs at half strength at most ("only slow movements" at the start).
GENTLE_MS = const(60 * 1000)
GENTLE_PM = const(500)

# SAF-32: the roller is held when its current is, for so long, this much of what the board's motor takes when held at
# the same drive; and at little drive, where friction takes more of it, this much of what it takes at full drive, and
# so much more. The motor and the supply may be off by 10 % each. A turning roller stays below under the heaviest load
# (tests/sim/test_roller_stall.py), but for 300 ms while its speed follows a ramp; the drive is lagged. Under 40 % of
# drive, and for weak motors under 66 %, a held roller is not found: its current is then under 54 % of STALL_MA, which
# presses with at most 25 N on the reference roller's lever.
STALL_PM = const(790)
STALL_SLOPE_PM = const(600)
STALL_FRICTION_PM = const(140)
STALL_LEAST_PM = const(400)
STALL_LAG_MS = const(150)
STALL_MS = const(320)
# Then it turns back for so long, with so little, and everything else stands still; the fault is latched 500 ms after
# the roller was held at the latest.
BACK_OFF_MS = const(140)
BACK_OFF_PM = const(300)
# The driver limits the current, to 5 % or so: this much of it, in so many ticks in a row, is more than a motor in order
# ever takes. One wild sample is none.
OVER_CURRENT_PM = const(900)
OVER_CURRENT_TICKS = const(2)
# The current is not being read when it is for so long more than any motor takes: this much of the stall current at the
# drive (motor and supply each 10 % off make 1210), and what the input may show at rest (86 mA where the converter ends
# at 142 mV). A converter whose multiplexer is stuck reads a temperature for it, and for the other temperature too.
DRIVEN_PM = const(1300)
IDLE_MA = const(150)
UNTOLD_MS = const(500)

# SAF-36: the force with which the roller may press, in millinewtons: the least that ISO/TS 15066 has for slow clamping
# of any part of a body (the face; it lets a knee bear three times as much).
PINCH_MN = const(65000)

# SAF-33: strength levels 1 to 5 in per mille of the motor's range; the personal limit caps outputs at one of them.
# Programs begin at 700 per mille of a level, and 315 still turns a side motor whose dead zone is at the end of its
# range (300).
STRENGTH_PM = (0, 450, 590, 725, 860, 1000)
STRENGTH_MAX = const(5)

# SAF-40: the watchdog's period. Fed once a tick, so it is long before a garbage collection or a flash write could be
# taken for a hang; the dead-man switch has let go of everything long before it bites.
WATCHDOG_MS = const(2000)

# SAF-41: the dead-man switch lets go this long after the last toggle at the latest, and conducts after a second of
# toggling at the latest; the charge pump's corners give at most 373 ms and 160 ms. With the pin at rest nothing may
# conduct: that is told after the let-go and half of it again.
LET_GO_MS = const(400)
ENABLE_RISE_MS = const(1000)
STILL_MS = const(600)
ENABLE_HOLD_MS = const(60)  # it holds at least so long, so what is read after a later tick says nothing of a switch

# SAF-47: the supervisor's word counts after this many ticks; what they cost is a tenth of the 500 ms allowed.
SUPPLY_BAD_TICKS = const(3)

# SAF-44: so many resets that nobody asked for, within so many seconds, and the device starts with its link alone. One
# may be chance, and two a bad plug.
RESETS_MOST = const(3)
RESETS_WITHIN_S = const(60)
# Started for maintenance it lets a maker try a motor for this long, which is as long as the proof of the dead-man
# switch takes at the most: 400 ms of rest, a second to rise, 400 ms to let go.
TRIAL_MS = const(2000)

# SAF-45: what the device must have at its start to be allowed to heat. Samples of a sensor within a moment may differ
# by twenty times the converter's noise. A busy session (telemetry at 10 Hz, requests without pause) needs less than
# half of this memory between two collections.
SELF_TEST_SAMPLES = const(8)
SELF_TEST_SPREAD_MC = const(1000)
MEMORY_LEAST_BYTES = const(50000)

# SAF-48: what a session may start with, and what a host may ask for. Levels index SKIN_SET_MC.
HEAT_OFF = const(0)
HEAT_LOW = const(1)
HEAT_MEDIUM = const(2)
HEAT_HIGH = const(3)
HEAT_START_MAX = const(1)
HEAT_HOST_MAX = const(2)

# SAF-49: an NTC of 1 % behind a pull-up of 1 % is 0.67 degrees off at most, so more is a mistake or a broken part.
# Corrected and at rest, both sensors must agree within what is left, and stay within a little, for this long twice:
# once to find the offsets, once to check them.
CALIBRATION_MOST_MC = const(800)
CALIBRATION_APART_MC = const(300)
CALIBRATION_STEADY_MC = const(200)
CALIBRATION_MS = const(5000)

# SAF-50: a session started over the link stops when the host has not renewed its lease for this long (the same
# 3 s after which Klipper's outputs fall back).
LEASE_MS = const(3000)

# SAF-52, SAF-53: what the link may cost of a tick's 20 ms, reading and writing: as long as the rest of a tick takes on
# the slowest chip, so that both together and a tick end in time.
LINK_READ_US = const(4000)
LINK_WRITE_US = const(4000)
