"""A PostgreSQL of the rig's own: its folder, its port, its user.

It syncs (`fsync=on`, `synchronous_commit=on`), unless a control run asks for one that does not.
"""

import os
import signal
import subprocess

import machine
from machine import run, wait_until


class Cluster:
    """One data folder with its server."""

    def __init__(self, undo, folder, syncs=True):
        self.bin = machine.postgres_bin()
        self.user = machine.postgres_user()
        self.folder = os.path.join(folder, "postgres")
        self.syncs = syncs
        self.port = machine.free_port()
        if self.user:
            os.makedirs(self.folder, exist_ok=True)
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self._as("initdb", "-D", self.folder, "-A", "trust", "-U", "postgres", "--no-sync",
                 "--locale=C", "-E", "UTF8")
        undo.later(self.stop)

    def _how(self):
        how = {"cwd": "/"}
        if self.user:
            how.update(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[])
        return how

    def _as(self, tool, *args, check=True):
        return run(os.path.join(self.bin, tool), *args, check=check, **self._how())

    def start(self):
        sync = "on" if self.syncs else "off"
        options = (f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 "
                   f"-c max_connections=200 -c fsync={sync} -c synchronous_commit=on "
                   "-c restart_after_crash=on -c autovacuum=on -c max_wal_size=256MB")
        # Its log would keep a pipe of ours open: it goes to a file.
        self._as("pg_ctl", "-D", self.folder, "-w", "-t", "60", "-l",
                 os.path.join(self.folder, "log"), "-o", options, "start")
        return self

    def is_running(self):
        return os.path.exists(os.path.join(self.folder, "postmaster.pid")) and \
            self._as("pg_ctl", "-D", self.folder, "status", check=False).find("is running") >= 0

    def stop(self, how="immediate"):
        if os.path.isdir(self.folder):
            self._as("pg_ctl", "-D", self.folder, "-m", how, "-t", "30", "stop", check=False)

    def restart(self):
        """What is under way is cut off, as by a crash."""
        self.stop("immediate")
        self.start()

    def kill(self):
        """Every process of it, at once: for a disk that is gone."""
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") and not _is_dead(pid)
                                   for pid in pids), 20, "the end of PostgreSQL")

    def pids(self):
        """The postmaster and its children."""
        try:
            with open(os.path.join(self.folder, "postmaster.pid")) as file:
                first = int(file.readline())
        except (OSError, ValueError):
            return []
        try:
            with open(f"/proc/{first}/task/{first}/children") as file:
                return [first] + [int(pid) for pid in file.read().split()]
        except OSError:
            return [first]

    def url(self, database, port=None):
        return f"postgres://postgres@127.0.0.1:{port or self.port}/{database}"

    def sql(self, database, statement, check=True):
        """Lines of an answer."""
        done = subprocess.run(
            [os.path.join(self.bin, "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
             "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", statement],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr[-400:]}")
        return done.stdout.splitlines() if done.returncode == 0 else None


def _is_dead(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
