"""Every number that protects a person, each with its requirement and its source.

The requirements are in docs/safety.md. Nothing outside this file may repeat one of these numbers; the tests that fail
without a limit name its id.
"""

from micropython import const

# SAF-01: skin set points, milli-degrees Celsius, by heat level off, low, medium, high. 41 is the most that IEC 60601-1
# lets an applied part reach on skin for long contact; low and medium sit 4 and 2 degrees below it.
SKIN_SET_MC = (0, 37000, 39000, 41000)
SKIN_SET_MAX_MC = const(41000)

# SAF-03: cut-off at the skin sensor. IEC 60601-1 allows 43 degrees for contact of under 10 minutes; a session is
# longer.
SKIN_CUTOFF_MC = const(43000)

# SAF-04: the pad may be this far above the skin set point in control, and never above the clamp: a pad that is itself
# close to safe skin temperature cannot burn when the skin sensor lies. The cut-off catches a control that fails.
PAD_ABOVE_SET_MC = const(4000)
PAD_CLAMP_MC = const(42500)
PAD_CUTOFF_MC = const(46000)

# SAF-05: a reading outside this band is no temperature a knee or this pad can have: the sensor or its wire is broken.
SENSOR_LOW_MC = const(-10000)
SENSOR_HIGH_MC = const(70000)

# SAF-14: samples older than this count as unknown. Five periods of the 20 ms tick have to be missed twice over.
STALE_MS = const(200)

# SAF-20: session cap from first start to stop, pauses included: the source text's 10 to 15 minutes, 20 for warmth
# alone; never over 25 there. It may be set between the least and the most, between sessions only.
SESSION_CAP_MS = const(15 * 60 * 1000)
SESSION_CAP_LEAST_MS = const(5 * 60 * 1000)
SESSION_CAP_MOST_MS = const(20 * 60 * 1000)

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

# SAF-33: strength levels 1 to 5 in per mille of the motor's range; the personal limit caps outputs at one of them.
# Programs begin at 700 per mille of a level, and 315 still turns a side motor whose dead zone is at the end of its
# range (300).
STRENGTH_PM = (0, 450, 590, 725, 860, 1000)
STRENGTH_MAX = const(5)

# SAF-48: what a session may start with, and what a host may ask for. Levels index SKIN_SET_MC.
HEAT_OFF = const(0)
HEAT_LOW = const(1)
HEAT_MEDIUM = const(2)
HEAT_HIGH = const(3)
HEAT_START_MAX = const(1)
HEAT_HOST_MAX = const(2)

# SAF-50: a session started over the link stops when the host has not renewed its lease for this long (the same
# 3 s after which Klipper's outputs fall back).
LEASE_MS = const(3000)
