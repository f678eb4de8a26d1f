"""R-06 to R-11: the disk is full, turns read-only, or says that it failed.

A refusal must be a refusal: 503 or 507 with Retry-After, never an acknowledgement, and it works
again as soon as the disk does. After a sync that failed, nothing may be acknowledged that a power
cut could still take away: the disk's power is cut right after the first acknowledgement that
follows.
"""

import os
import time

from client import CUT, Form
from cluster import Cluster
from disk import Disk, Memory
from machine import Failed, need
from trace import Tracer
from trial import fault

BUSY = ("503", "507")


def refused(trial, house, times, what):
    """Sends new forms onto a disk that has refused one: each is refused politely. Where a page has
    room left for one more, it may be kept: that is an acknowledgement like every other, and counts."""
    forms = []
    for _ in range(times):
        phone, form = house.phone(keep_alive=False), Form()
        outcome = phone.send(form)
        forms.append(form)
        trial.promise(outcome in (*BUSY, "now", "already"),
                      f"{what}: the answer was {outcome}, not 503 or 507")
        if outcome in BUSY:
            trial.promise("retry-after" in phone.last_headers, f"{what}: no Retry-After")
    return forms


def until_stored(house, forms, seconds=30):
    """It works again, by itself."""
    end = time.monotonic() + seconds
    for form in forms:
        house.phone(keep_alive=False).send_until_stored(form, end)


def own_disk(trial, megabytes=64):
    """A disk for what the database of this row keeps, and a house on it."""
    if trial.database == "sqlite":
        disk = Disk(trial.undo, megabytes)
        house = trial.house(folder=disk.path)
    else:
        disk = Disk(trial.undo, 768)
        house = trial.house(cluster=Cluster(trial.undo, disk.path).start())
    # What a row begins with must not be lost by its fault.
    disk.sync()
    return disk, house


def back_up(house):
    """As whoever looks after PostgreSQL does when it has given up."""
    if house.cluster and not house.cluster.is_running():
        house.cluster.start()


@fault("R-06", "the disk is full", short=3, whole=20)
def full(trial):
    disk, house = own_disk(trial)
    server = house.server.start()
    for _ in range(trial.times):
        until_stored(house, [Form() for _ in range(5)])
        ballast = disk.fill()
        # What the last file of the log has room for may still be kept.
        forms = fill_the_log(house)
        trial.injected += 1
        forms += refused(trial, house, 5, "full")
        trial.promise(server.is_alive(), "the server ended")
        os.remove(ballast)
        back_up(house)
        until_stored(house, forms)
    trial.statuses(house)
    trial.judge(house)


def fill_the_log(house):
    """Answers until one is not kept; how many that takes is the database's affair."""
    forms = []
    phone = house.phone()
    for _ in range(40000):
        form = Form()
        if phone.send(form) != "now":
            return [form]
    raise Failed("the disk is not full: everything was kept")


@fault("R-07", "the folder of photos is full, and nothing else", short=None, whole=5)
def full_of_photos(trial):
    house = trial.house()
    photos = os.path.join(house.folder, "photos")
    memory = Memory(trial.undo, photos, 256)
    house.server.start()
    for _ in range(trial.times):
        ballast = memory.fill()
        trial.injected += 1
        with_photo, plain = Form(photo=house.photo()), Form()
        outcome = house.phone().send(with_photo)
        trial.promise(outcome in ("422", *BUSY), f"a photo for which there is no room: {outcome}")
        outcome = house.phone().send(plain)
        trial.promise(outcome == "now", f"answers without a photo were not taken: {outcome}")
        os.remove(ballast)
        until_stored(house, [with_photo])
        # What lies there belongs to rows: make room for the next round's ballast only.
    trial.statuses(house)
    trial.judge(house)


@fault("R-08", "no room for what is logged, or for temporary files", short=None, whole=1)
def full_log(trial):
    house = trial.house()
    temporary = os.path.join(house.folder, "..", "tmp")
    os.makedirs(temporary, exist_ok=True)
    Memory(trial.undo, temporary, 64).fill()
    house.server.start(stderr="/dev/full", env={"TMPDIR": os.path.abspath(temporary),
                                                "SQLITE_TMPDIR": os.path.abspath(temporary),
                                                "RUST_LOG": "trace"})
    for n in range(60):
        outcome = house.phone().send(Form(photo=house.photo() if n % 6 == 0 else None))
        trial.injected += 1
        trial.promise(outcome == "now", f"an answer was not taken: {outcome}")
    trial.judge(house)


@fault("R-09", "the disk turns read-only", short=None, whole=5)
def read_only(trial):
    disk, house = own_disk(trial, 96)
    server = house.server.start()
    # PostgreSQL takes its time to give up each time.
    for _ in range(trial.times if trial.database == "sqlite" else 2):
        until_stored(house, [Form() for _ in range(5)])
        disk.turn_read_only()
        trial.injected += 1
        forms = fill_the_log(house)
        forms += refused(trial, house, 3, "read-only")
        trial.promise(server.is_alive(), "the server ended")
        if house.cluster is None or house.cluster.is_running():
            for path in (f"/p/{house.door}/en", f"/n/{house.template.slug.rsplit('/', 1)[1]}"):
                try:
                    status = house.phone(keep_alive=False).get(path)[0]
                except CUT:
                    status = "cut"
                trial.promise(status == 200, f"read-only: a page answers {status}")
        server.kill()
        if house.cluster:
            house.cluster.kill()
        disk.power_on()
        back_up(house)
        server.start()
        until_stored(house, forms)
    trial.statuses(house)
    trial.judge(house)


@fault("R-10", "a sync fails (EIO), then the power is cut", short=3, whole=12)
def sync_fails(trial):
    """The n-th sync of a submission is answered with an error and never reaches the disk."""
    need("strace")
    disk, house = own_disk(trial, 128)
    server = house.server.start()
    disk.sync()
    ended = failed = 0
    for n in range(1, trial.times + 1):
        until_stored(house, [Form()])
        pids = server.pid() if house.cluster is None else house.cluster.pids()
        which = (n - 1) % 3 + 1
        inject = ["-e", "trace=fsync,fdatasync",
                  "-e", f"inject=fsync,fdatasync:error=EIO:when={which}"]
        if house.cluster is None:
            # Not the folder's: SQLite does not hear that one, and the program syncs it at its start.
            for name in ("miradouro.db", "miradouro.db-wal"):
                inject += ["-P", os.path.join(house.folder, name)]
        form = Form()
        with Tracer(trial.undo, pids, trial.world.folder, inject) as tracer:
            # Sent until something failed; each form is fresh, so that an answer means this one.
            for _ in range(6):
                if house.phone(keep_alive=False).send(form) in ("now", "already"):
                    form = Form()
                if tracer.injected():
                    break
            end = time.monotonic() + 5
            while time.monotonic() < end and server.is_alive():
                back_up(house)
                if house.phone(keep_alive=False).send(form) in ("now", "already"):
                    break
        # Only now the tracer has written everything it saw.
        trial.injected += tracer.injected()
        failed += tracer.injected() > 0
        ended += not server.is_alive()
        # What was acknowledged until now must survive this.
        disk.cut()
        server.kill()
        if house.cluster:
            house.cluster.kill()
        disk.power_on()
        back_up(house)
        server.start()
        until_stored(house, [form])
    trial.note(f"the server ended itself {ended} times")
    # PostgreSQL does that for its own disk; on SQLite the program is who holds the file.
    trial.promise(house.cluster is not None or ended == failed,
                  f"it went on after {failed - ended} of {failed} failed syncs")
    trial.statuses(house)
    trial.judge(house)


@fault("R-11", "writes fail: no space, interrupted, an error", short=None, whole=8,
       databases=("sqlite",))
def writes_fail(trial):
    """Each of the first writes of a submission, with each error. An interrupted one is tried again
    by SQLite; a write that claims fewer bytes than it was given cannot be made by strace without
    losing the rest, and comes by itself when the disk of R-06 is nearly full."""
    need("strace")
    house = trial.house()
    server = house.server.start()
    for error in ("ENOSPC", "EINTR", "EIO", "EDQUOT"):
        for n in range(1, trial.times + 1):
            form = Form()
            inject = ["-e", "trace=pwrite64", "-e", f"inject=pwrite64:error={error}:when={n}"]
            with Tracer(trial.undo, server.pid(), trial.world.folder, inject) as tracer:
                outcome = house.phone(keep_alive=False).send(form)
                trial.injected += tracer.injected()
            allowed = ("now", "already") if error == "EINTR" else ("now", "already", *BUSY, "cut")
            trial.promise(outcome in allowed, f"{error}: the answer was {outcome}")
            if not server.is_alive():
                server.start()
            until_stored(house, [form])
    trial.statuses(house)
    trial.judge(house)


