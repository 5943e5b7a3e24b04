"""A rig with store and link on top: what tests of the link's methods drive. Runs on MicroPython too."""

import json

from massager.link import frame
from massager.link.service import Service
from massager.store.keeper import Keeper
from massager.store.slot import Slot
from rig import Board, MemoryFiles, Rig


class Host:
    """One device; ids count up. files: of the device whose power was cut; board: what is fitted to it; buttons: down at
    power-up.
    """

    def __init__(self, files=None, board=Board, buttons=0):
        self.rig = Rig(board=board, buttons=buttons)
        c = self.rig.controller
        self.files = files or MemoryFiles()
        self.slot = Slot(MemoryFiles(), "/a")
        self.keeper = Keeper(self.files, c, Board.ZONE_ACTUATORS, self.rig.now_ms)
        self.service = Service(c, self.keeper, self.slot, {"firmware": "0", "board": "rig"})
        self.last_id = 0

    def raw(self, json_bytes, kind=frame.OK_CRC):
        answer = self.service.handle(kind, json_bytes)
        if answer is None:
            return None
        assert len(answer) <= frame.MAX_JSON, answer
        return json.loads(answer)

    def ask(self, method, kind=frame.OK_CRC, **params):
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        answer = self.raw(json.dumps(request).encode(), kind)
        assert answer["id"] == self.last_id
        return answer

    def error(self, method, **params):
        return self.ask(method, **params)["error"]["code"]

    def result(self, method, **params):
        answer = self.ask(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    def refusal(self, method, **params):
        """Return the sentence of an error."""
        message = self.ask(method, **params)["error"]["message"]
        assert message.endswith("."), message
        return message

    def run_long(self, ms):
        """Let a long time pass: in late ticks after the first second, in which a session may have to prove itself."""
        self.run(1000)
        self.run(ms - 1000, 200)

    def run(self, ms, tick_ms=20):
        """Let the device's loop run, as device/app.py does."""
        for _ in range(ms // tick_ms):
            self.rig.tick(tick_ms)
            self.keeper.watch(self.rig.now_ms)
            self.keeper.serve(self.rig.now_ms)

    def press(self, button, ms=100):
        self.rig.inputs.buttons |= button
        self.run(ms)
        self.rig.inputs.buttons &= ~button
        self.run(100)

    def restarted(self):
        """Return the device after its power was cut."""
        return Host(self.files)
