"""What this machine lets the rig do, and what the rig must undo.

Loop mounts and another user's processes need root; tracing needs strace; a false clock needs
libfaketime. What is missing is said as a `Skipped` with its exact reason and becomes a row of the
table. Everything that was begun (a process, a mount, a folder) is put on one stack and ended from
the top, also after an error or Ctrl-C, and only what was begun here.
"""

import ctypes.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Skipped(Exception):
    """This machine cannot inject that; the text says why."""


class Failed(Exception):
    """A promise was not kept; the text says which."""


class Undo:
    """What was begun and must be ended, in reverse order."""

    def __init__(self):
        self.steps = []

    def later(self, step, *args):
        self.steps.append((step, args))
        return (step, args)

    def now(self, entry):
        """Ends one thing early."""
        if entry in self.steps:
            self.steps.remove(entry)
            entry[0](*entry[1])

    def down_to(self, height):
        while len(self.steps) > height:
            step, args = self.steps.pop()
            try:
                step(*args)
            except Exception as error:  # the rest must still be undone
                print(f"rig: could not undo {step.__name__}: {error}", flush=True)


def is_root():
    return os.geteuid() == 0


def need(*tools):
    """The tools a fault is injected with."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise Skipped(f"{tool} is not installed")


def need_root():
    if not is_root():
        raise Skipped("loop mounts need root")


def postgres_bin():
    """The folder of the newest PostgreSQL here."""
    root = "/usr/lib/postgresql"
    try:
        versions = sorted(os.listdir(root), key=lambda name: [int(part) for part in name.split(".")])
    except (FileNotFoundError, ValueError):
        versions = []
    for version in reversed(versions):
        path = f"{root}/{version}/bin"
        if os.path.exists(f"{path}/initdb"):
            return path
    raise Skipped("PostgreSQL is not installed")


def postgres_user():
    """PostgreSQL refuses to run as root."""
    if not is_root():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Skipped("there is no user postgres, and PostgreSQL refuses to run as root") from None


def faketime_library():
    for root in ("/usr/lib", "/usr/local/lib", "/usr/lib64"):
        for folder, _, files in os.walk(root):
            if "libfaketime.so.1" in files:
                return os.path.join(folder, "libfaketime.so.1")
    raise Skipped("libfaketime is not installed (Debian: apt install faketime)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scratch(undo, name):
    """A folder that goes away at the end."""
    folder = tempfile.mkdtemp(prefix=f"miradouro-faults-{name}-")
    os.chmod(folder, 0o755)
    undo.later(shutil.rmtree, folder, True)
    return folder


def run(*command, check=True, **options):
    """A command to its end; its output in the error when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.returncode}: {done.stdout[-800:]}")
    return done.stdout


def wait_until(condition, seconds, what):
    """Polls a condition until it holds, and says what did not come about."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"{what} did not come about within {seconds} s")
        time.sleep(0.005)


def end_process(process, how=signal.SIGKILL):
    """Ends one process that was started here."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def c_library():
    return ctypes.util.find_library("c")
