"""R-30 and R-32: no memory is left, and an older version is replaced while phones send.

Memory is limited by a control group of the kernel, for the program and for a neighbour in the same
group that takes more and more of it; the kernel then ends the program. For the replacement an older
build is needed (`--older`): its folder is opened by the new one, with the migrations that makes.
"""

import os
import subprocess
import sys
import time

import machine
from client import Crowd
from house import House
from machine import Failed, Skipped, wait_until
from trial import fault

LIMIT = 256 * 1024 * 1024
HUNGRY = "import time\nheld = []\nwhile True:\n    held.append(b'x' * 4_000_000)\n    time.sleep(0.002)\n"


class Memory:
    """A control group with so much memory and no more."""

    def __init__(self, undo, limit):
        self.path = os.path.join(home(), f"miradouro-faults-{os.getpid()}")
        self.is_second = "memory" in read(os.path.join(home(), "cgroup.controllers")).split()
        try:
            os.mkdir(self.path)
        except OSError as why:
            raise Skipped(f"no control group can be made here: {why.strerror}") from None
        undo.later(os.rmdir, self.path)
        name = "memory.max" if self.is_second else "memory.limit_in_bytes"
        try:
            self.write(name, limit)
        except OSError as why:
            raise Skipped(f"memory cannot be limited here: {why.strerror}") from None

    def write(self, name, value):
        with open(os.path.join(self.path, name), "w") as file:
            file.write(str(value))

    def take_in(self, process):
        """A process, and what it starts from now on."""
        self.write("cgroup.procs", process)


def home():
    """The group of this process under the controller of memory, of either kind."""
    with open("/proc/self/cgroup") as file:
        lines = [line.rstrip("\n").split(":", 2) for line in file]
    for _, controllers, path in lines:
        if "memory" in controllers.split(","):
            return "/sys/fs/cgroup/memory" + path
    for number, controllers, path in lines:
        if number == "0" and controllers == "":
            return "/sys/fs/cgroup" + path
    raise Skipped("this kernel has no control groups")


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


@fault("R-30", "no memory is left, and the kernel ends the program", short=2, whole=20)
def no_memory(trial):
    """Whoever keeps the program alive starts it again; who was thanked is counted."""
    machine.need_root()
    memory = Memory(trial.undo, LIMIT)
    house = trial.house()
    server = house.server

    def serve():
        server.start()
        memory.take_in(server.pid())
        with open(f"/proc/{server.pid()}/oom_score_adj", "w") as file:
            file.write("1000")

    serve()
    with Crowd(house.ledger, server.port, house.door, 64 if trial.whole else 16) as crowd:
        for _ in range(trial.times):
            before = crowd.acked()
            wait_until(lambda: crowd.acked() >= before + 20, 60, "more acknowledged answers")
            hungry = subprocess.Popen([sys.executable, "-c", HUNGRY], stdin=subprocess.DEVNULL)
            hold = trial.undo.later(machine.end_process, hungry)
            memory.take_in(hungry.pid)
            wait_until(lambda: not server.is_alive() or hungry.poll() is not None, 60,
                       "the end of a process for want of memory")
            trial.undo.now(hold)
            wait_until(lambda: not server.is_alive(), 5, "the end of the program")
            trial.injected += 1
            serve()
    trial.statuses(house)
    trial.judge(house)


@fault("R-32", "an older version is replaced while phones send", short=1, whole=20)
def upgrade(trial):
    """The new version opens the folder of the old one: within 10 s answers are taken again."""
    older = trial.world.older
    if older is None:
        raise Skipped("no older build was given (--older)")
    template = trial.world.template(trial.database, older)
    gaps = []
    for _ in range(trial.times):
        house = House(trial.world, trial.database, template=template)
        house.server.program = older
        house.server.start()
        with Crowd(house.ledger, house.server.port, house.door, 8) as crowd:
            wait_until(lambda: crowd.acked() >= 20, 60, "answers taken by the older version")
            house.server.stop()
            begun = time.monotonic()
            before = crowd.acked()
            house.server.program = trial.world.program
            house.server.start(patience=30)
            wait_until(lambda: crowd.acked() > before, 30, "an answer taken by the new version")
            gaps.append(time.monotonic() - begun)
        trial.injected += 1
        if house.database == "sqlite":
            kept = os.listdir(os.path.join(house.folder, "backups")) if os.path.isdir(
                os.path.join(house.folder, "backups")) else []
            trial.promise(kept, "no backup was made before the migration")
        trial.judge(house)
        house.forget()
    if not gaps:
        raise Failed("nothing was replaced")
    trial.promise(max(gaps) <= 10, f"answers waited for {max(gaps):.1f} s")
    trial.note(f"answers are taken again after {max(gaps):.2f} s at most")
