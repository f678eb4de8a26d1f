"""A PostgreSQL of the rig's own: its folder, its port, its user.

It syncs (`fsync=on`, `synchronous_commit=on`), unless a control run asks for one that does not.
"""

import os
import signal
import subprocess

import machine
from machine import Failed, run, wait_until


class Cluster:
    """One data folder with its server."""

    def __init__(self, undo, folder, syncs=True):
        self.bin = machine.postgres_bin()
        self.user = machine.postgres_user()
        self.folder = os.path.join(folder, "postgres")
        self.syncs = syncs
        self.port = machine.free_port()
        self.process = None
        self.log = os.path.join(machine.scratch(undo, "log"), "postgres.log")
        if self.user:
            os.makedirs(self.folder, exist_ok=True)
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self._as("initdb", "-D", self.folder, "-A", "trust", "-U", "postgres", "--no-sync",
                 "--locale=C", "-E", "UTF8")
        undo.later(self.kill)

    def _how(self):
        how = {"cwd": "/"}
        if self.user:
            how.update(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[])
        return how

    def _as(self, tool, *args, check=True):
        return run(os.path.join(self.bin, tool), *args, check=check, **self._how())

    def start(self):
        """Starts it as a child of the rig, so that nothing of it stays behind, and waits."""
        sync = "on" if self.syncs else "off"
        settings = {"listen_addresses": "127.0.0.1", "max_connections": "200", "fsync": sync,
                    "synchronous_commit": "on", "restart_after_crash": "on", "max_wal_size": "256MB"}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.bin, "postgres"), "-D", self.folder, "-p", str(self.port),
                 "-k", self.folder, *(f"-c{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self._how())
        wait_until(lambda: not self.is_running() or self.answers(), 60, "PostgreSQL")
        if not self.is_running():
            with open(self.log, errors="replace") as file:
                raise Failed(f"PostgreSQL did not start: {file.read()[-400:]}")
        return self

    def answers(self):
        ready = [os.path.join(self.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, stdin=subprocess.DEVNULL).returncode == 0

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, how=signal.SIGQUIT):
        """SIGQUIT: what is under way is cut off, as by `pg_ctl stop -m immediate`."""
        if self.is_running():
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def restart(self):
        """What is under way is cut off, as by a crash."""
        self.stop()
        self.start()

    def kill(self):
        """Every process of it, at once: for a disk that is gone."""
        if not self.is_running():
            return
        # Held still first, so that it starts nobody new meanwhile.
        self.process.send_signal(signal.SIGSTOP)
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        wait_until(lambda: all(_is_dead(pid) for pid in pids), 20, "the end of PostgreSQL")

    def pids(self):
        """The postmaster and its children."""
        first = self.process.pid
        with open(f"/proc/{first}/task/{first}/children") as file:
            return [first] + [int(pid) for pid in file.read().split()]

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
