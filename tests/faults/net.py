"""R-22 to R-31: phones that vanish, replies that are lost, connections that crawl, too few files, and
a clock that jumps."""

import os
import random
import resource
import socket
import struct
import threading
import time

from client import CUT, Crowd, Form, Phone, bare, dial, read_answer, said
from machine import faketime_library, wait_until
from proxy import Proxy, Rule
from trial import fault


@fault("R-22", "the clock jumps: a year ahead, a day back", whole=6)
def clock(trial):
    """libfaketime reads the time from a file; what measures durations stays right."""
    library = faketime_library()
    house = trial.house()
    now = os.path.join(house.folder, "..", "now")
    steps = ["+0", "+366d", "-1d", "+0", "+30y", "-366d"]
    with open(now, "w") as file:
        file.write(steps[0])
    house.server.start(env={"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": os.path.abspath(now),
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "DONT_FAKE_MONOTONIC": "1"})
    with Crowd(house.ledger, house.server.port, house.door, 8) as crowd:
        for step in steps[:trial.times]:
            with open(now, "w") as file:
                file.write(step)
            trial.injected += 1
            had = crowd.acked()
            wait_until(lambda: crowd.acked() >= had + 60, 60, f"answers at {step}")
            if step == "+366d":
                told = house.phone().get("/")[1].get("date", "")
                trial.promise(str(time.gmtime(time.time() + 366 * 86400).tm_year) in told,
                              f"the clock did not jump for the server: {told}")
    trial.promise(set(house.ledger.statuses) <= {"now"}, "not every answer was taken")
    trial.statuses(house)
    trial.judge(house)


@fault("R-25", "half a photo: the connection ends at a random byte", whole=100)
def half_a_photo(trial):
    house = trial.house()
    house.server.start()
    for _ in range(trial.times):
        form = Form(photo=house.photo() * 40)
        house.ledger.attempt(form.mark)
        whole = bare(house.server.port, house.door, form)
        with dial(house.server.port) as sock:
            sock.sendall(whole[:random.randint(200, len(whole) - 1)])
        trial.injected += 1
        form.photo = house.photo()
        house.phone(keep_alive=False).send_until_stored(form, time.monotonic() + 20)
    house.server.stop()
    house.server.start()
    left = [name for name in os.listdir(os.path.join(house.folder, "photos"))
            if not name.endswith(".jpg")]
    trial.promise(not left, f"{len(left)} halves are still there after a start")
    trial.statuses(house)
    trial.judge(house)


@fault("R-26", "the phone vanishes after sending", short=200, whole=10000)
def vanishes(trial):
    """The whole form is sent and the connection reset before an answer; later the phone tries again."""
    house = trial.house()
    house.server.start()
    forms = [Form() for _ in range(trial.times)]

    def vanish(some):
        for form in some:
            house.ledger.attempt(form.mark)
            try:
                sock = dial(house.server.port)
                # Closed with a reset, as when a phone loses its network for good.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.sendall(bare(house.server.port, house.door, form))
                wait = random.choice((0, 0, 0.0005, 0.002))
                if wait:
                    threading.Event().wait(wait)
                sock.close()
            except OSError:
                pass

    together(vanish, forms)
    trial.injected += len(forms)
    before = len(forms) - together_send(house, forms)
    trial.note(f"{before} were kept before the phone came back")
    trial.judge(house)


def together(work, items, size=16):
    """Shares work out to threads."""
    threads = [threading.Thread(target=work, args=(items[n::size],), daemon=True) for n in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)


def together_send(house, forms):
    """Every form until it is stored; gives how many were new then."""
    fresh = []

    def send(some):
        phone = house.phone()
        for form in some:
            end = time.monotonic() + 60
            while True:
                outcome = phone.send(form)
                if outcome == "now":
                    fresh.append(form)
                if outcome in ("now", "already") or time.monotonic() > end:
                    break
        phone.hang_up()

    together(send, forms)
    return len(fresh)


class LosesReplies(Rule):
    """Three in ten replies do not arrive."""

    lost = 0

    def back(self, data):
        if random.random() < 0.3:
            LosesReplies.lost += 1
            return None
        return data


@fault("R-27", "three in ten replies are lost on the way", short=150, whole=3000)
def replies_lost(trial):
    house = trial.house()
    house.server.start()
    LosesReplies.lost = 0
    proxy = Proxy(trial.undo, house.server.port, LosesReplies)
    forms = [Form() for _ in range(trial.times)]

    def send(some):
        for form in some:
            Phone(house.ledger, proxy.port, house.door, keep_alive=False).send_until_stored(
                form, time.monotonic() + 60)

    together(send, forms)
    trial.injected = LosesReplies.lost
    trial.statuses(house)
    trial.judge(house)


@fault("R-29", "100 connections crawl beside a crowd", whole=100)
def crawl(trial):
    """Each sends its form at 2 kB/s or less; the others must not notice."""
    house = trial.house()
    house.server.start()
    going = threading.Event()
    ended = []

    def crawler():
        form = Form()
        house.ledger.attempt(form.mark)
        whole = bare(house.server.port, house.door, form)
        try:
            with dial(house.server.port) as sock:
                for at in range(0, len(whole), 40):
                    sock.sendall(whole[at:at + 40])
                    going.wait(0.02 if at else 0.5)
                answer = read_answer(sock)
        except CUT:
            answer = None
        outcome = said(*answer) if answer else "cut"
        ended.append(outcome)
        if outcome in ("now", "already"):
            house.ledger.ack(form.mark)
        else:
            house.phone(keep_alive=False).send_until_stored(form, time.monotonic() + 30)

    with Crowd(house.ledger, house.server.port, house.door, 8) as alone:
        wait_until(lambda: alone.acked() >= 300, 60, "answers")
    crawlers = [threading.Thread(target=crawler, daemon=True) for _ in range(trial.times)]
    with Crowd(house.ledger, house.server.port, house.door, 8) as beside:
        for one in crawlers:
            one.start()
        had = house.ledger.counts()[1]
        wait_until(lambda: house.ledger.counts()[1] >= had + 300, 60, "answers beside them")
    going.set()
    for one in crawlers:
        one.join(60)
    trial.injected = trial.times
    trial.note(f"p99 alone {alone.slowest(0.99) * 1000:.0f} ms, beside them "
               f"{beside.slowest(0.99) * 1000:.0f} ms; {ended.count('now')} of them came through")
    trial.judge(house)


@fault("R-31", "only 256 files may be open, and 400 connections are", whole=1)
def few_files(trial):
    house = trial.house()

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    house.server.start(limit=limit)
    phone = house.phone()
    phone.send(Form())
    idle = []
    for _ in range(400):
        try:
            idle.append(dial(house.server.port, timeout=2))
            trial.injected += 1
        except OSError:
            break
    outcome = phone.send(Form())
    trial.promise(outcome in ("now", "503", "cut"), f"with all files in use: {outcome}")
    trial.promise(house.server.is_alive(), "the server ended")
    for sock in idle:
        sock.close()
    forms = [Form() for _ in range(20)]
    together_send(house, forms)
    for mark in list(house.ledger.attempted - house.ledger.acked):
        house.phone().send_until_stored(Form(mark=mark), time.monotonic() + 20)
    trial.statuses(house)
    trial.judge(house)
