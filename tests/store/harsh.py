"""Files in memory, as unkind as flash can be: a write empties the file at once, and its bytes come one by one until the
power goes. Runs on MicroPython too.
"""


class PowerCut(BaseException):
    """The power is gone."""


class HarshFiles:
    """What record.py and log.py want of files; `held` has their content. cut_after lets the power go."""

    def __init__(self, held=None):
        self.held = {} if held is None else held
        self.changes = 0  # writes, appends and removals
        self.most_read_bytes = 0
        self._bytes_left = -1

    def cut_after(self, count):
        """Let the power go when count more bytes were written; with 0 as soon as a file is opened for writing."""
        self._bytes_left = count

    def copy(self):
        """Return the same files, with power."""
        return HarshFiles({name: bytearray(data) for name, data in self.held.items()})

    def read(self, name, at=0, most_bytes=-1):
        if name not in self.held:
            return None
        found = bytes(self.held[name][at:] if most_bytes < 0 else self.held[name][at : at + most_bytes])
        self.most_read_bytes = max(self.most_read_bytes, len(found))
        return found

    def write(self, name, data):
        self.held[name] = bytearray()
        self._extend(name, data)

    def append(self, name, data):
        if name not in self.held:
            self.held[name] = bytearray()
        self._extend(name, data)

    def remove(self, name):
        self.changes += 1
        self.held.pop(name, None)
        self._spend()

    def _extend(self, name, data):
        self.changes += 1
        self._spend()
        for byte in data:
            self.held[name].append(byte)
            self._bytes_left -= 1
            self._spend()

    def _spend(self):
        if self._bytes_left == 0:
            raise PowerCut()


def written_bytes(files, action):
    """Return how many bytes an action on a copy of the files writes."""
    other = files.copy()
    other._bytes_left = 1 << 28
    action(other)
    return (1 << 28) - other._bytes_left
