"""R-03, R-04, R-05: the power is cut while a crowd sends, on a disk that forgets what was not synced.

First the control: the same with syncs that do nothing (strace answers them instead of the kernel; in
PostgreSQL `fsync=off`). It must lose answers, or the rig could not see a loss at all.
"""

import os
import random

from client import Crowd
from cluster import Cluster
from disk import Disk
from machine import Failed, need, wait_until
from trial import fault

# strace answers "done" and the kernel never hears of it.
NO_SYNC = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
           "-e", "trace=fsync,fdatasync,sync_file_range",
           "-e", "inject=fsync,fdatasync,sync_file_range:retval=0")


def power_cut(disk, server, cluster=None):
    """The power goes, and comes back: nobody had time for anything."""
    disk.cut()
    server.kill()
    if cluster:
        cluster.kill()
    disk.power_on()
    if cluster:
        cluster.start()


def cut_while_sending(trial, house, disk, wrap=(), photo=None, before=120):
    """Cuts while answers come in, and starts again, as often as the trial says."""
    server = house.server
    server.start(wrap=wrap)
    disk.sync()
    with Crowd(house.ledger, server.port, house.door, 16, photo=photo) as crowd:
        for _ in range(trial.times):
            had, more = crowd.acked(), random.randint(before // 2, before)
            wait_until(lambda: crowd.acked() >= had + more, 90, "more acknowledged answers")
            power_cut(disk, server, house.cluster)
            trial.injected += 1
            server.start(wrap=wrap)
    trial.statuses(house)
    trial.judge(house)


def lose_on_purpose(trial, house, disk, wrap=()):
    """One cut, and a count of what is left: nobody sends again."""
    server = house.server
    server.start(wrap=wrap)
    disk.sync()
    crowd = Crowd(house.ledger, server.port, house.door, 16, patience=0)
    with crowd:
        wait_until(lambda: crowd.acked() >= 150, 90, "acknowledged answers")
        disk.cut()
        trial.injected += 1
        crowd.stopping.set()
        server.kill()
    own = house.cluster is not None
    if own:
        house.cluster.kill()
    disk.power_on()
    try:
        if own:
            house.cluster.start()
        trial.count(house)
    except Exception as error:
        # What cannot be opened any more is lost as well.
        trial.attempted, trial.acked = house.ledger.counts()
        trial.lost = trial.acked
        trial.note(f"the database could not be opened: {str(error).splitlines()[0][:80]}")


@fault("R-03c", "power cut, and syncs do nothing", short=1, whole=1, databases=("sqlite",), control=True)
def control_sqlite(trial):
    need("strace")
    disk = Disk(trial.undo, 96)
    lose_on_purpose(trial, trial.house(folder=disk.path), disk, NO_SYNC)


@fault("R-03", "power cut while sending", short=3, whole=50, databases=("sqlite",))
def cut_sqlite(trial):
    disk = Disk(trial.undo, 256)
    cut_while_sending(trial, trial.house(folder=disk.path), disk)


@fault("R-04c", "power cut, PostgreSQL with fsync=off", short=1, whole=1, databases=("postgres",),
       control=True)
def control_postgres(trial):
    disk = Disk(trial.undo, 768)
    cluster = Cluster(trial.undo, disk.path, syncs=False).start()
    lose_on_purpose(trial, trial.house(cluster=cluster), disk)


@fault("R-04", "power cut of PostgreSQL while sending", short=3, whole=20, databases=("postgres",))
def cut_postgres(trial):
    disk = Disk(trial.undo, 768)
    cluster = Cluster(trial.undo, disk.path).start()
    cut_while_sending(trial, trial.house(cluster=cluster), disk)


@fault("R-05", "power cut while photos come in", short=1, whole=10)
def cut_photos(trial):
    """Both the rows and the pictures must be there: no row points to a missing or a half picture."""
    disk = Disk(trial.undo, 768)
    cluster = Cluster(trial.undo, disk.path).start() if trial.database == "postgres" else None
    house = trial.house(folder=disk.path, cluster=cluster)
    cut_while_sending(trial, house, disk, photo=house.photo(), before=40)
    rows = int(house.rows("select count(*) from photo")[0][0])
    parts = [name for name in os.listdir(os.path.join(house.folder, "photos")) if name.endswith(".part")]
    trial.note(f"{rows} photos with a row, {len(parts)} halves left behind")
    if rows == 0:
        raise Failed("no photo came in")
