"""The program under test as a process: started, killed, stopped, started again on the same port.

It may be started under another command (strace, a lower limit, a false clock). What it prints goes
to files, never to a pipe that could fill up.
"""

import os
import signal
import socket
import subprocess

import machine
from machine import Failed, wait_until


class Server:
    """One `serve` on one data folder."""

    def __init__(self, undo, program, folder, logs, database_url=None, port=None):
        self.program, self.folder, self.logs = program, folder, logs
        self.database_url = database_url
        self.port = port or machine.free_port()
        self.process = None
        self.starts = 0
        self.more = []
        self.undo = undo
        undo.later(self.kill)

    def command(self):
        command = [self.program, "serve", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}",
                   "--base-url", f"http://127.0.0.1:{self.port}"]
        if self.database_url:
            command += ["--database-url", self.database_url]
        return command + self.more

    def log(self, kind="err", start=None):
        return os.path.join(self.logs, f"{self.port}-{start or self.starts}.{kind}")

    def said(self, kind="err", start=None):
        try:
            with open(self.log(kind, start), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def all_said(self):
        return "".join(self.said("err", n) for n in range(1, self.starts + 1))

    def launch(self, wrap=(), env=None, stderr=None, limit=None):
        """Starts it and does not wait."""
        self.starts += 1
        out = open(self.log("out"), "wb")
        err = open(stderr or self.log("err"), "wb")
        self.process = subprocess.Popen(
            [*wrap, *self.command()], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            env={**os.environ, "RUST_BACKTRACE": "0", **(env or {})}, preexec_fn=limit,
            start_new_session=True)
        out.close()
        err.close()
        return self

    def start(self, patience=20, **how):
        """Starts it and waits until it serves."""
        self.launch(**how)
        wait_until(self.is_ready, patience, f"a server on {self.folder}")
        if self.process.poll() is not None:
            raise Failed(f"the server ended with {self.process.returncode}: {self.said()[-400:]}")
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            return True
        if "\nserving " not in "\n" + self.said("out"):
            return False
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def pid(self):
        """The program's own process, also under another command."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(f"/proc/{self.process.pid}/cmdline", "rb") as file:
            if file.read().split(b"\0")[0] == self.program.encode():
                return self.process.pid
        with open(children) as file:
            return int(file.read().split()[0])

    def signal_all(self, number):
        """To the program and to what it was started under: their session is their own."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        """As a power cut of the process: nothing is said, nothing is finished."""
        if self.process is None:
            return
        self.signal_all(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=30):
        """As systemd stops it."""
        if not self.is_alive():
            return
        os.kill(self.pid(), signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"the server did not stop within {patience} s of SIGTERM") from None
