"""R-16, R-23, R-24, R-33, R-34: backup while answers come in, a release and the night's work killed at
every write, a first start killed at every write, and the whole disk gone.

What a job does is done whole or not at all, and after a kill it is done again by the same command.
"""

import os
import shutil
import subprocess
import time

import machine
from client import Crowd, Form, Phone
from cuts import power_cut
from disk import Disk
from house import House
from machine import Failed, Skipped, need, run, wait_until
from server import Server
from trace import calls_of
from trial import fault

WRITES = ("pwrite64", "write", "writev", "fsync", "fdatasync", "ftruncate", "rename", "renameat",
          "link", "linkat", "unlink", "sendto", "copy_file_range")


def knows(trial, command):
    """Whether the program under test has a command."""
    if f"\n  {command} " not in run(trial.world.program, "--help", check=False):
        raise Skipped(f"this program has no command {command}")


def where(house):
    return ["--data", house.folder] + (["--database-url", house.url] if house.url else [])


def plain(house, *args, check=True):
    """A command to its end; its output."""
    return run(house.world.program, *args, *where(house), check=check,
               env={**os.environ, "RUST_BACKTRACE": "0"})


def points_of(trial, house, args, most):
    """At which writes a command is killed: all of them, or so many, evenly."""
    out = os.path.join(trial.world.folder, "points.out")
    names = ",".join(f"?{name}" for name in WRITES)
    run("strace", "-f", "-qq", "-o", out, "-e", f"trace={names}", house.world.program, *args,
        *where(house))
    every = [(name, n) for name, times in sorted(calls_of(out, 1).items())
             for n in range(1, times + 1)]
    if len(every) <= most:
        return every
    return [every[at * len(every) // most] for at in range(most)]


def killed(trial, house, args, name, n):
    """Whether the command was killed there."""
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}",
         "-e", f"inject={name}:signal=KILL:when={n}", house.world.program, *args, *where(house)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "TOKIO_WORKER_THREADS": "1"})
    return done.returncode < 0 or done.returncode == 137


@fault("R-23", "a release killed at its writes", whole=40)
def release(trial):
    """All of its tables or none, and the release before it stays as it was."""
    need("strace")
    base = trial.house()
    base.server.start()
    for _ in range(30):
        base.phone(keep_alive=False).send(Form())
    base.server.stop()
    args = ["release", "--diagnosis", base.template.slug.rsplit("/", 1)[1], "--public"]
    tables = ("select r.number, (select count(*) from released_table t where t.release = r.number "
              "and t.diagnosis = r.diagnosis) from release r order by r.number")
    house = base.twin()
    points = points_of(trial, house, args, trial.times if trial.database == "sqlite" else 20)
    whole = [tuple(int(cell) for cell in row) for row in house.rows(tables)]
    if len(whole) != 2:
        raise Failed(f"no second release was made: {whole}")
    for name, n in points:
        house = base.twin()
        if killed(trial, house, args, name, n):
            trial.injected += 1
        there = [tuple(int(cell) for cell in row) for row in house.rows(tables)]
        trial.promise(there in (whole[:1], whole), f"killed at {name} {n}: {there}")
        if len(there) == 1:
            plain(house, *args)
            there = [tuple(int(cell) for cell in row) for row in house.rows(tables)]
        trial.promise(there == whole, f"after {name} {n} and again: {there}")
        house.forget()
    house = base.twin()
    house.server.start()
    status = house.phone().get(f"/n/{house.template.slug.rsplit('/', 1)[1]}")[0]
    trial.promise(status == 200, f"the release is answered with {status}")
    trial.judge(house)


@fault("R-24", "the night's work killed at its writes", whole=60)
def night(trial):
    """What residents sent is written anew; killed at any moment, every row is there once."""
    need("strace")
    knows(trial, "night")
    base = trial.house()
    base.server.start()
    for n in range(60):
        base.phone(keep_alive=False).send(Form(photo=base.photo() if n % 10 == 0 else None))
    base.server.stop()
    house = base.twin()
    points = points_of(trial, house, ["night"], trial.times if trial.database == "sqlite" else 30)
    for name, n in points:
        house = base.twin()
        if killed(trial, house, ["night"], name, n):
            trial.injected += 1
        trial.count(house)
        # PostgreSQL notices only when it next writes to the process that was killed.
        wait_until(lambda: "another server" not in plain(house, "night", check=False), 30,
                   "the night's work after a kill")
        house.server.start()
        house.phone(keep_alive=False).send_until_stored(Form(), time.monotonic() + 10)
        trial.judge(house)
        house.forget()


@fault("R-33", "the first start killed at its writes", whole=40)
def first_start(trial):
    """Migrations and the secret: started again, it is as if nothing had happened."""
    need("strace")
    for name in WRITES:
        n = 1
        while n < 4000:
            folder, url = nowhere(trial)
            server = Server(trial.undo, trial.world.program, folder, trial.world.logs, url)
            server.launch(wrap=("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace=?{name}",
                                "-e", f"inject=?{name}:signal=KILL:when={n}"),
                          env={"TOKIO_WORKER_THREADS": "1"})
            wait_until(server.is_ready, 30, "a start or a kill")
            survived = server.is_alive()
            server.kill()
            if survived:
                break
            trial.injected += 1
            server.start()
            trial.promise("set-up " in server.said("out"), f"killed at {name} {n}: no set-up link")
            server.stop()
            shutil.rmtree(folder)
            # Every one of the first, then ever fewer.
            n += 1 + n // max(1, trial.times // 8)
    trial.counted = True


def nowhere(trial):
    """An empty folder, and on PostgreSQL an empty database."""
    folder = machine.scratch(trial.undo, "empty")
    if trial.database == "sqlite":
        return folder, None
    House.number += 1
    name = f"empty_{House.number}"
    trial.world.cluster().sql("postgres", f"create database {name}")
    return folder, trial.world.cluster().url(name)


@fault("R-33p", "the power is cut right after the first start", whole=10, databases=("sqlite",))
def first_cut(trial):
    """The link it printed still lets the host in: the secret and the tables are on the disk."""
    for _ in range(trial.times):
        disk = Disk(trial.undo, 64)
        folder = os.path.join(disk.path, "data")
        server = Server(trial.undo, trial.world.program, folder, trial.world.logs)
        server.start()
        link = next(line.split()[1] for line in server.said("out").splitlines()
                    if line.startswith("set-up "))
        power_cut(disk, server)
        trial.injected += 1
        server.start()
        status = Phone(None, server.port, "").get("/i/" + link.rsplit("/", 1)[1])[0]
        trial.promise(status == 200, f"the set-up link is answered with {status}")
        server.stop()
        disk.unmount()
    trial.counted = True


@fault("R-16", "a backup while answers come in", short=2, whole=10)
def backup(trial):
    """It opens, it is whole, and it has every answer that was acknowledged before it began."""
    knows(trial, "backup")
    house = trial.house()
    aside = machine.scratch(trial.undo, "backup")
    key = os.path.join(aside, "key.txt")
    recipient = run(trial.world.program, "key", "--out", key).split()[0]
    house.server.start()
    copies = []
    with Crowd(house.ledger, house.server.port, house.door, 8) as crowd:
        for n in range(trial.times):
            had = crowd.acked()
            wait_until(lambda: crowd.acked() >= had + 60, 60, "acknowledged answers")
            before = set(house.ledger.acked)
            path = os.path.join(aside, f"{n}.age")
            plain(house, "backup", "--to", path, "--recipient", recipient)
            trial.injected += 1
            copies.append((path, before))
    trial.statuses(house)
    trial.judge(house)
    for path, before in copies:
        run(trial.world.program, "verify", path, "--identity", key)
        back = house.nowhere()
        run(trial.world.program, "restore", path, "--identity", key, *where(back))
        stored = back.stored()
        missing = sum(1 for mark in before if stored.get(mark, 0) != 1)
        strange = sum(1 for mark in stored if mark not in house.ledger.attempted)
        trial.promise(missing == 0, f"{missing} answers older than a backup are not in it")
        trial.promise(strange == 0, f"{strange} answers in a backup were never sent")
        for wrong in back.contradictions():
            trial.promise(False, f"restored: {wrong}")
        back.server.start()
        outcome = back.phone().send(Form())
        trial.promise(outcome == "now", f"what was restored answers {outcome}")
        back.server.stop()
        back.forget()


@fault("R-34", "the main disk is gone: yesterday's backup and the journal", short=1, whole=5)
def disk_gone(trial):
    """Everything that was acknowledged comes back, once; and a phone that sends again hears so."""
    knows(trial, "backup")
    for _ in range(trial.times):
        house = trial.house()
        aside = machine.scratch(trial.undo, "second-disk")
        key, journal = os.path.join(aside, "key.txt"), os.path.join(aside, "journal")
        recipient = run(trial.world.program, "key", "--out", key).split()[0]
        with open(os.path.join(house.folder, "recipients"), "w") as file:
            file.write(recipient + "\n")
        house.server.more = ["--journal", journal]
        house.server.start()
        path = os.path.join(aside, "yesterday.age")
        with Crowd(house.ledger, house.server.port, house.door, 8, patience=3) as crowd:
            wait_until(lambda: crowd.acked() >= 40, 60, "acknowledged answers")
            plain(house, "backup", "--to", path)
            had = crowd.acked()
            wait_until(lambda: crowd.acked() >= had + 80, 60, "acknowledged answers")
            house.server.kill()
            trial.injected += 1
        back = house.nowhere()
        said = run(trial.world.program, "restore", path, "--identity", key, "--journal", journal,
                   *where(back))
        line = next(line for line in said.splitlines() if "new answers" in line)
        trial.note(line.split(": ", 1)[-1])
        back.ledger = house.ledger
        house.forget()
        back.server.start()
        form = Form()
        first, again = back.phone().send(form), back.phone().send(form)
        trial.promise((first, again) == ("now", "already"), f"afterwards: {first}, then {again}")
        trial.judge(back, all_stored=False)
        back.forget()
