"""strace on a running program: what it calls, and calls that fail or kill."""

import collections
import os
import re
import signal
import subprocess

from machine import end_process, need, wait_until


class Tracer:
    """strace on one process and all its threads, from `with` to its end."""

    number = 0

    def __init__(self, undo, pid, folder, args):
        need("strace")
        Tracer.number += 1
        self.undo = undo
        self.output = os.path.join(folder, f"strace-{Tracer.number}.out")
        self.errors = os.path.join(folder, f"strace-{Tracer.number}.err")
        self.pids = pid if isinstance(pid, list) else [pid]
        self.args = args

    def __enter__(self):
        attach = [arg for pid in self.pids for arg in ("-p", str(pid))]
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["strace", "-f", *self.args, "-o", self.output, *attach],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        self.step = self.undo.later(end_process, self.process)
        wait_until(self._is_attached, 15, "strace on the program")
        return self

    def _is_attached(self):
        with open(self.errors) as file:
            said = file.read()
        # One that was killed at once was attached to as well.
        if self.process.poll() is not None and " attached" not in said:
            raise RuntimeError(f"strace: {said[-300:]}")
        return said.count(" attached") >= len(self.pids)

    def __exit__(self, *_):
        # It lets go of the program and ends.
        end_process(self.process, signal.SIGINT)
        self.undo.now(self.step)

    def injected(self):
        """How many calls were made to fail."""
        try:
            with open(self.output, errors="replace") as file:
                return sum(1 for line in file if "(INJECTED)" in line)
        except FileNotFoundError:
            return 0


CALL = re.compile(r"^(\d+)\s+([a-z_0-9]+)\(")


def calls_of(path, submissions):
    """Every call by name: how often at most in one thread for one submission."""
    counts = collections.Counter()
    with open(path, errors="replace") as file:
        for line in file:
            found = CALL.match(line)
            if found:
                counts[found.group(1), found.group(2)] += 1
    most = {}
    for (_, name), n in counts.items():
        most[name] = max(most.get(name, 0), -(-n // submissions))
    return most
