"""Who said what, outside the file system under test.

Every answer carries a canary in its free text: letters nobody can guess. Before it is sent first,
`attempt` is written and synced; when the server says that it is stored, `ack`. After recovery the
canaries in the database are counted: lost is what was acknowledged and is not there, duplicated what
is there more than once, phantom what is there and was never attempted.
"""

import collections
import os
import secrets
import threading

LETTERS = "bcdfghjkmnpqrstvwxz"


def canary():
    """Letters alone: digits could be taken for a telephone number."""
    return "mark " + "".join(secrets.choice(LETTERS) for _ in range(24))


class Ledger:
    """Two lines for every answer, each on the disk before anything else happens."""

    def __init__(self, path, before=()):
        self.file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self.lock = threading.Lock()
        self.written = 0
        self.synced = 0
        self.syncing = threading.Lock()
        # What the template brought along was attempted and acknowledged before.
        self.before = frozenset(before)
        self.attempted = set(before)
        self.acked = set(before)
        self.statuses = collections.Counter()

    def attempt(self, mark):
        self._note("attempt", mark, self.attempted)

    def ack(self, mark):
        self._note("ack", mark, self.acked)

    def saw(self, status):
        with self.lock:
            self.statuses[status] += 1

    def _note(self, what, mark, book):
        with self.lock:
            os.write(self.file, f"{what} {mark}\n".encode())
            self.written += 1
            mine = self.written
        # One sync serves everybody who wrote before it began.
        with self.syncing:
            if self.synced < mine:
                with self.lock:
                    upto = self.written
                os.fdatasync(self.file)
                self.synced = upto
        with self.lock:
            book.add(mark)

    def counts(self):
        with self.lock:
            return len(self.attempted - self.before), len(self.acked - self.before)

    def close(self):
        os.close(self.file)


class Verdict:
    """What became of everything that was attempted."""

    def __init__(self, ledger, stored):
        ours = {mark: n for mark, n in stored.items() if mark not in ledger.before}
        self.attempted, self.acked = ledger.counts()
        self.stored = sum(stored.values()) - sum(1 for mark in ledger.before if stored.get(mark))
        self.lost = sum(1 for mark in ledger.acked if stored.get(mark, 0) == 0)
        self.duplicated = sum(n - 1 for n in stored.values() if n > 1)
        self.phantom = sum(1 for mark in ours if mark not in ledger.attempted)
        self.open = len(ledger.attempted - ledger.acked)

    def is_whole(self):
        return self.lost == 0 and self.duplicated == 0 and self.phantom == 0
