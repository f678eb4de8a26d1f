"""R-01 and R-02: the process is killed, at random moments while a crowd sends, and at every system
call of one submission.

For the second, strace delivers SIGKILL when the n-th call of a name begins, before it does anything;
n goes up until a submission comes through without reaching it. strace counts calls for each thread,
so the program runs with one worker thread there. After each kill the program is started again and
the same form is sent again: it must be acknowledged, and stored once.
"""

import random
import time

from client import Crowd, Form, Phone
from machine import Failed, need, wait_until
from trace import Tracer, calls_of
from trial import fault


@fault("R-01", "killed at a random moment, phones try again", short=20, whole=200)
def at_random(trial):
    house = trial.house()
    house.server.start()
    with Crowd(house.ledger, house.server.port, house.door, 64 if trial.whole else 16) as crowd:
        for _ in range(trial.times):
            before, more = crowd.acked(), random.randint(5, 60)
            wait_until(lambda: crowd.acked() >= before + more, 60, "more acknowledged answers")
            house.server.kill()
            trial.injected += 1
            house.server.start()
    trial.statuses(house)
    trial.judge(house)


# Calls that wait, or only look after memory and threads: killed at these in a whole run.
QUIET = {"futex", "epoll_wait", "epoll_pwait", "epoll_pwait2", "clock_nanosleep", "nanosleep",
         "sched_yield", "madvise", "mmap", "munmap", "mprotect", "brk", "mremap", "sigaltstack",
         "rt_sigprocmask", "rt_sigaction", "rseq", "set_robust_list", "gettid", "getpid", "prctl",
         "sched_getaffinity", "restart_syscall", "exit", "clone3", "clone", "poll", "ppoll"}
ONE_WORKER = {"TOKIO_WORKER_THREADS": "1"}


@fault("R-02", "killed at every system call of a submission", short=1, whole=2)
def at_every_call(trial):
    need("strace")
    house = trial.house()
    make = [lambda: Form()]
    if trial.whole:
        make = [lambda: house.coded_form(), lambda: Form(photo=house.photo())]
    for form in make:
        of_one(trial, house, form)
    trial.statuses(house)
    trial.judge(house)


def of_one(trial, house, form):
    """Every call of one kind of submission."""
    server = house.server
    calls = recorded(trial, house, form)
    names = sorted(name for name in calls if trial.whole or name not in QUIET)
    points = {}
    server.start(env=ONE_WORKER)
    for name in names:
        # Some calls come now and then on their own; those must not go on for ever.
        most = calls[name] * 2 + 3
        for n in range(1, most + 1):
            one = form()
            if not killed_at(trial, house, name, n, one):
                break
            points[name] = n
            trial.injected += 1
    server.stop()
    if not points.get("fdatasync", 0) + points.get("fsync", 0) and trial.database == "sqlite":
        raise Failed("no kill at a sync: this rig is blind")
    trial.note(" ".join(f"{name} {n}" for name, n in points.items()))


def recorded(trial, house, form):
    """Which calls one submission makes, and how often at most in one thread."""
    server = house.server
    server.start(env=ONE_WORKER)
    with Tracer(trial.undo, server.pid(), trial.world.folder, ["-e", "trace=all"]) as tracer:
        for _ in range(3):
            one = form()
            if phone_for(house, one).send(one) != "now":
                raise Failed("a submission under strace was not taken")
    server.stop()
    return calls_of(tracer.output, 3)


def phone_for(house, form):
    return Phone(house.ledger, house.server.port, house.coded if form.code else house.door,
                 keep_alive=False)


def killed_at(trial, house, name, n, form):
    """Sends a form under a server that dies at that call; false when it came through."""
    server = house.server
    if not server.is_alive():
        server.start(env=ONE_WORKER)
    inject = ["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={n}"]
    with Tracer(trial.undo, server.pid(), trial.world.folder, inject):
        if phone_for(house, form).send(form) == "cut":
            wait_until(lambda: not server.is_alive(), 5, f"the death at {name} {n}")
        elif not is_dying(server):
            return False
    server.kill()
    server.start(env=ONE_WORKER)
    if not phone_for(house, form).send_until_stored(form, time.monotonic() + 10):
        raise Failed(f"after a kill at {name} {n} the retry was not taken")
    return True


def is_dying(server):
    """Whether it dies of what it does after its answer."""
    try:
        wait_until(lambda: not server.is_alive(), 0.08, "an end")
        return True
    except Failed:
        return False
