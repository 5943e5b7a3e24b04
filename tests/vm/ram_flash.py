"""Flash in memory, whose power goes at a block that is erased or programmed: before it, or in the midst of it. Runs on
MicroPython.
"""

BLOCK_BYTES = 4096
ERASE = 6  # of the requests of ioctl
EIO = 5


class RamFlash:
    """A block device. When its power goes, whatever is asked of it fails and changes nothing."""

    def __init__(self, data):
        self.data = data
        self.is_midst = False  # the power goes in the midst of a block and not before it
        self.left = -1  # changes until the power goes; negative: it stays
        self.changes = 0

    def readblocks(self, block, buf, offset=0):
        at = block * BLOCK_BYTES + offset
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        return self._change(block * BLOCK_BYTES + offset, buf)

    def _change(self, at, buf):
        if self.left == 0:
            return -EIO
        self.left -= 1
        self.changes += 1
        count = len(buf)
        if self.left == 0:
            count = count // 2 if self.is_midst else 0
        self.data[at : at + count] = buf[:count]
        return -EIO if self.left == 0 else 0

    def ioctl(self, request, value):
        if request == 4:
            return len(self.data) // BLOCK_BYTES
        if request == 5:
            return BLOCK_BYTES
        if request == ERASE:
            return self._change(value * BLOCK_BYTES, b"\xff" * BLOCK_BYTES)
        return 0
