from massager.core import ring


def test_difference_of_neighbours():
    assert ring.diff(120, 100) == 20
    assert ring.diff(100, 120) == -20
    assert ring.diff(5, 5) == 0


def test_saf_26_difference_across_the_wrap():
    assert ring.diff(5, ring.MASK) == 6
    assert ring.diff(ring.MASK, 5) == -6
    assert ring.diff((ring.MASK - 10 + 900000) & ring.MASK, ring.MASK - 10) == 900000


def test_every_value_stays_a_small_integer_of_31_bits():
    # The largest sum inside diff is 2^29 - 1 + 2^28, below 2^30.
    assert ring.diff(ring.MASK, 0) == -1
    assert ring.MASK + (1 << 28) < 1 << 30
