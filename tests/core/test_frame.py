from massager.link import frame

JSON = b'{"jsonrpc":"2.0","id":1,"method":"status"}'


def whole(data):
    return frame.Deframer().feed(data)


def bytewise(data):
    deframer = frame.Deframer()
    frames = []
    for i in range(len(data)):
        frames += deframer.feed(data[i : i + 1])
    return frames


def test_crc_is_the_standard_one():
    assert frame.encode(b"123456789") == b"123456789*cbf43926\n"


def test_frames_come_out_as_they_went_in_whole_and_byte_by_byte_with_bytes_left_over():
    data = frame.encode(JSON) + JSON + b"\r\n" + b"\n\r\n" + frame.encode(b"{}") + b'{"half'
    expected = [(frame.OK_CRC, JSON), (frame.NO_CRC, JSON), (frame.OK_CRC, b"{}")]
    assert whole(data) == expected
    assert bytewise(data) == expected
    for cut in range(len(data)):
        deframer = frame.Deframer()
        assert deframer.feed(data[:cut]) + deframer.feed(data[cut:]) == expected
        assert deframer.feed(b'"}\n') == [(frame.NO_CRC, b'{"half"}')]


def test_any_changed_byte_is_found():
    good = frame.encode(JSON)[:-1]
    for i in range(len(JSON)):
        bad = good[:i] + bytes([good[i] ^ 1]) + good[i + 1 :]
        assert whole(bad + b"\n")[0][0] == frame.BAD_CRC, i
    for i in range(len(JSON) + 1, len(good)):
        bad = good[:i] + b"z" + good[i + 1 :]
        assert whole(bad + b"\n")[0][0] == frame.BAD_CRC, i


def test_the_longest_frame_and_one_byte_more():
    longest = b"x" * frame.MAX_JSON
    for data in (whole, bytewise):
        assert data(frame.encode(longest)) == [(frame.OK_CRC, longest)]
        assert data(longest + b"\n") == [(frame.NO_CRC, longest)]
        assert data(longest + b"x\n") == [(frame.TOO_LONG, b"")]
        assert data(frame.encode(longest + b"x")) == [(frame.TOO_LONG, b"")]
        assert data(frame.encode(longest)[:-1] + b"\r\n") == [(frame.OK_CRC, longest)]


def test_an_endless_line_costs_one_error_and_no_memory():
    deframer = frame.Deframer()
    for _ in range(1000):
        assert deframer.feed(b"A" * 1000) == []
        assert len(deframer._line) <= frame.MAX_JSON + 10
    assert deframer.feed(b"\n" + frame.encode(JSON)) == [(frame.TOO_LONG, b""), (frame.OK_CRC, JSON)]


def test_control_bytes_are_bytes_like_others():
    assert whole(b"\x03\x04\x00\xff\n") == [(frame.NO_CRC, b"\x03\x04\x00\xff")]
