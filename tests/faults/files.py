"""R-12 to R-17: what lies in the data folder of SQLite is damaged, deleted, locked or held open by
somebody else.

Damage must be found before anything is answered: either the program starts with everything that was
acknowledged, or it says what is wrong and does not start, or it starts and takes no answers. What it
must never do is go on over a hole without a word.
"""

import os
import sqlite3
import struct
import time

from client import Crowd, Form
from machine import Failed, wait_until
from trial import fault

ADVICE = ("restore", "verify", "damage", "backup", "corrupt")


def kept_one_by_one(house, times):
    """Answers, each in a transaction of its own."""
    phone, forms = house.phone(), []
    for _ in range(times):
        form = Form()
        if phone.send(form) != "now":
            raise Failed("an answer was not taken")
        forms.append(form)
    phone.hang_up()
    return forms


def frames(path):
    """Where the frames of a log begin, and which of them end a transaction."""
    with open(path, "rb") as file:
        head = file.read(32)
        size = struct.unpack(">I", head[8:12])[0]
        salts, found, at = head[16:24], [], 32
        while True:
            file.seek(at)
            frame = file.read(24)
            if len(frame) < 24 or frame[8:16] != salts:
                return found
            found.append((at, struct.unpack(">I", frame[4:8])[0] > 0))
            at += 24 + size


def flip(path, at, bytes_=16):
    with open(path, "r+b") as file:
        file.seek(at)
        old = file.read(bytes_)
        file.seek(at)
        file.write(bytes(byte ^ 0xFF for byte in old))
        file.flush()
        os.fsync(file.fileno())


def starts(house):
    """Whether it starts on what it finds; when not, whether it says what to do."""
    server = house.server.launch()
    wait_until(server.is_ready, 20, "a start or a refusal")
    return server.is_alive()


def gives_advice(house):
    said = (house.server.said("err") + house.server.said("out")).lower()
    return any(word in said for word in ADVICE)


@fault("R-12", "the end of the log is damaged after a kill", whole=10, databases=("sqlite",))
def end_of_log(trial):
    """The last transaction is torn, as by a power cut in the middle of a write that nobody was
    promised: everything before it must be there."""
    for _ in range(trial.times):
        house = trial.house()
        house.server.start()
        forms = kept_one_by_one(house, 12)
        house.server.kill()
        log = os.path.join(house.folder, "miradouro.db-wal")
        commits = [at for at, ends in frames(log) if ends]
        flip(log, commits[-1] + 24 + 100)
        trial.injected += 1
        # The one whose bytes were destroyed is gone; the rig destroyed it, not the program.
        house.ledger.acked.discard(forms[-1].mark)
        if not starts(house):
            trial.promise(gives_advice(house), "it does not start and does not say what to do")
        trial.judge(house, all_stored=False)


@fault("R-12m", "the middle of the log is damaged after a kill", whole=10, databases=("sqlite",))
def middle_of_log(trial):
    """SQLite alone would drop everything behind the damage without a word."""
    for _ in range(trial.times):
        house = trial.house()
        house.server.start()
        kept_one_by_one(house, 12)
        house.server.kill()
        log = os.path.join(house.folder, "miradouro.db-wal")
        commits = [at for at, ends in frames(log) if ends]
        flip(log, commits[len(commits) // 2] + 24 + 100)
        trial.injected += 1
        if starts(house):
            outcome = house.phone().send(Form())
            trial.promise(outcome not in ("now", "already"),
                          "it goes on over a hole in its log without a word")
        else:
            trial.promise(gives_advice(house), "it does not start and does not say what to do")
        house.server.kill()
        trial.counted = True


@fault("R-13", "a page of the file is damaged", whole=10, databases=("sqlite",))
def page(trial):
    for n in range(trial.times):
        house = trial.house()
        house.server.start()
        kept_one_by_one(house, 40)
        house.server.stop()
        path = os.path.join(house.folder, "miradouro.db")
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            size = db.execute("pragma page_size").fetchone()[0]
            roots = dict(db.execute("select name, rootpage from sqlite_master where rootpage > 0"))
        table = ("response", "receipt", "free_text", "counter", "collection")[n % 5]
        flip(path, (roots[table] - 1) * size, 64)
        trial.injected += 1
        if starts(house):
            # A check may run beside the first pages: it must find it before an answer is taken, or
            # soon after, and then take no more.
            def found():
                outcome = house.phone(keep_alive=False).send(Form())
                return outcome not in ("now", "already") or not house.server.is_alive()
            try:
                wait_until(found, 10, "a refusal")
            except Failed:
                trial.promise(False, f"it goes on over a damaged page of {table}")
        if not gives_advice(house):
            trial.promise(False, f"a damaged page of {table}: it does not say what to do")
        house.server.kill()
        trial.counted = True


@fault("R-14", "-wal and -shm deleted while it is stopped", whole=10, databases=("sqlite",))
def log_deleted(trial):
    house = trial.house()
    for _ in range(trial.times):
        house.server.start()
        kept_one_by_one(house, 10)
        house.server.stop()
        for end in ("-wal", "-shm"):
            path = os.path.join(house.folder, f"miradouro.db{end}")
            if os.path.exists(path):
                trial.promise(end == "-shm" or os.path.getsize(path) == 0,
                              "a clean stop leaves answers in the log alone")
                os.remove(path)
        trial.injected += 1
    trial.judge(house)


@fault("R-15", "somebody else locks the file for 20 s", whole=2, databases=("sqlite",))
def locked(trial):
    house = trial.house()
    house.server.start()
    for _ in range(trial.times):
        other = sqlite3.connect(os.path.join(house.folder, "miradouro.db"), isolation_level=None)
        with Crowd(house.ledger, house.server.port, house.door, 16) as crowd:
            wait_until(lambda: crowd.acked() > 20, 30, "acknowledged answers")
            other.execute("begin exclusive")
            trial.injected += 1
            until = time.monotonic() + 20
            # The fault itself lasts so long.
            wait_until(lambda: time.monotonic() > until, 25, "20 s")
            other.execute("rollback")
            other.close()
            had = crowd.acked()
            wait_until(lambda: crowd.acked() > had + 50, 30, "answers after the lock")
        trial.note(f"slowest {crowd.slowest(1):.1f} s")
    server_errors = sum(n for status, n in house.ledger.statuses.items() if status[0] == "5")
    trial.promise(server_errors == 0, f"{server_errors} refusals within 20 s")
    trial.statuses(house)
    trial.judge(house)


@fault("R-17", "somebody reads the whole time", whole=1, databases=("sqlite",))
def long_reader(trial):
    house = trial.house()
    house.server.start()
    reader = sqlite3.connect(f"file:{house.folder}/miradouro.db?mode=ro", uri=True,
                             isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from response").fetchone()
    trial.injected += 1
    with Crowd(house.ledger, house.server.port, house.door, 16) as crowd:
        wait_until(lambda: crowd.acked() >= 3000, 240, "3000 acknowledged answers")
    log = os.path.join(house.folder, "miradouro.db-wal")
    trial.note(f"the log grew to {os.path.getsize(log) >> 20} MB")
    reader.close()
    trial.promise(set(house.ledger.statuses) <= {"now"}, "not every answer was taken at once")
    trial.statuses(house)
    trial.judge(house)


@fault("R-18", "64 phones at once, and staff who write beside them", short=None, whole=1)
def busy(trial):
    """No answer may fail because somebody else was writing."""
    house = trial.house()
    house.server.start()
    from house import Desk
    desk = Desk(house.server.port)
    desk.cookie = house.template.cookie
    here = f"{house.template.slug}/collections/{house.template.collection}"
    with Crowd(house.ledger, house.server.port, house.door, 64) as crowd:
        for n in range(60):
            desk.post(f"{here}/ceiling", [("ceiling", str(900000 + n))])
            trial.injected += 1
            had = crowd.acked()
            wait_until(lambda: crowd.acked() > had + 20, 60, "acknowledged answers")
    trial.promise(set(house.ledger.statuses) <= {"now"}, "not every answer was taken at once")
    trial.statuses(house)
    trial.judge(house)
