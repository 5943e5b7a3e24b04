from massager.core.dose import RATE_PPM, Dose, rate_ppm


def true_ppm(mc):
    return 1000000 * (0.5 if mc >= 43000 else 0.25) ** ((43000 - mc) / 1000)


def test_a_moment_counts_for_never_too_little_and_hardly_too_much():
    for mc in range(37000, 45001):
        assert true_ppm(mc) - 0.001 <= rate_ppm(mc) <= true_ppm(mc) * 1.016 + 2, mc
    assert rate_ppm(36999) == 0
    assert rate_ppm(70000) == RATE_PPM[-1] == 4000000


def test_minutes_at_43_degrees_are_minutes_and_at_others_more_or_fewer():
    for mc, minutes, ms in ((43000, 1, 60000), (44000, 1, 120000), (42000, 1, 15000), (41000, 16, 60000)):
        for dt_ms in (20, 200, 1):
            dose = Dose()
            for _ in range(minutes * 60000 // dt_ms):
                dose.step(mc, dt_ms)
            assert dose.ms == ms, (mc, dt_ms)


def test_no_moment_is_lost_to_rounding():
    # Ticks that count for 5 microseconds each: of 15 minutes at 37 degrees 220 ms are left.
    dose = Dose()
    for _ in range(45000):
        dose.step(37000, 20)
    assert dose.ms == 245 * 900 // 1000
    dose.clear()
    assert dose.ms == 0


def test_no_product_leaves_the_small_integers():
    most_ppm = 999999 + RATE_PPM[-1] * 200
    assert most_ppm < 1 << 30
    assert max([RATE_PPM[i + 1] - RATE_PPM[i] for i in range(32)]) * 250 < 1 << 30
