"""One row of the table: a fault on a database, what it did, and what was counted afterwards.

A fault is a function that takes a `Trial`, and says beside itself what it is called, how often it is
injected in a short and in a whole run, and on which databases. A control run must show loss: a rig
that cannot see it is blind, and fails.
"""

import time

from house import House
from ledger import Verdict
from machine import Failed

BOTH = ("sqlite", "postgres")
FAULTS = []


class Fault:
    def __init__(self, function, name, says, short, whole, databases, control):
        self.function, self.name, self.says = function, name, says
        self.short, self.whole = short, whole
        self.databases, self.control = databases, control


def fault(name, says, short=None, whole=None, databases=BOTH, control=False):
    """Puts a fault on the list; without `short` it is left out of a short run."""
    def keep(function):
        FAULTS.append(Fault(function, name, says, short, whole, databases, control))
        return function
    return keep


class Trial:
    """What a fault does to houses, and what comes of it."""

    def __init__(self, world, it, database, times, whole):
        self.world, self.fault, self.database = world, it, database
        self.times, self.whole = times, whole
        self.undo = world.undo
        self.injected = 0
        self.attempted = self.acked = self.stored = 0
        self.lost = self.duplicated = self.phantom = 0
        self.notes, self.broken = [], []
        self.skipped = None
        self.seconds = 0.0
        self.counted = False

    def house(self, **how):
        return House(self.world, self.database, **how)

    def note(self, text):
        self.notes.append(text)

    def promise(self, kept, text):
        """An extra promise of this row."""
        if not kept and text not in self.broken:
            self.broken.append(text)

    def judge(self, house, all_stored=True):
        """Stops the server and counts. `all_stored`: whoever went on trying must have come through."""
        house.server.stop()
        self.count(house)
        if all_stored:
            left = len(house.ledger.attempted - house.ledger.acked)
            self.promise(left == 0, f"{left} answers were never acknowledged")

    def count(self, house):
        verdict = Verdict(house.ledger, house.stored())
        self.attempted += verdict.attempted
        self.acked += verdict.acked
        self.stored += verdict.stored
        self.lost += verdict.lost
        self.duplicated += verdict.duplicated
        self.phantom += verdict.phantom
        self.counted = True
        if not self.fault.control:
            for wrong in house.contradictions():
                self.promise(False, wrong)
        said = house.server.all_said()
        panics = said.count("panicked at") + said.count("something that cannot happen happened")
        self.promise(panics == 0, f"{panics} panics")
        return verdict

    def statuses(self, house):
        """What the phones were told, beside yes."""
        told = {name: n for name, n in house.ledger.statuses.items() if name != "now"}
        if told:
            self.note(", ".join(f"{n} × {name}" for name, n in sorted(told.items())))

    def is_good(self):
        if self.skipped:
            return True
        if self.broken:
            return False
        if self.fault.control:
            return self.lost > 0
        return self.counted and self.lost == self.duplicated == self.phantom == 0 and self.injected > 0

    def run(self):
        from machine import Skipped
        begun, height = time.monotonic(), len(self.undo.steps)
        try:
            self.fault.function(self)
            if not self.fault.control and self.injected == 0:
                self.broken.append("nothing was injected")
            if self.fault.control and self.lost == 0:
                self.broken.append("the control lost nothing: this rig is blind")
        except Skipped as why:
            self.skipped = str(why)
        except Failed as why:
            self.broken.append(str(why))
        except Exception as error:  # a row must not take the others with it
            self.broken.append(f"the rig failed: {type(error).__name__}: {error}")
            if self.world.verbose:
                import traceback
                traceback.print_exc()
        finally:
            self.undo.down_to(height)
            self.seconds = time.monotonic() - begun

    def cells(self):
        says = f"{self.fault.name} {self.fault.says}"
        if self.skipped:
            return [says, self.database, "skipped: " + self.skipped, "", "", "", "", "", "", ""]
        note = "; ".join(self.notes)
        if self.broken:
            note = "FAILED: " + "; ".join(self.broken) + (f" ({note})" if note else "")
        elif self.fault.control:
            note = "control: must lose" + (f"; {note}" if note else "")
        return [says, self.database, str(self.injected), str(self.attempted), str(self.acked),
                str(self.stored), str(self.lost), str(self.duplicated), str(self.phantom), note]
