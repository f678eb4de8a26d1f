"""R-19 and R-20: PostgreSQL goes away under requests, and an answer to COMMIT that never arrives."""

import threading
import time

from client import Crowd, Form, Phone
from cluster import Cluster
from machine import Failed, scratch, wait_until
from proxy import Proxy, Rule
from trial import fault


@fault("R-19", "PostgreSQL restarted in the middle of requests", short=3, whole=25, databases=("postgres",))
def restarted(trial):
    """Whatever is under way is cut off (immediate). An answer is kept or refused, within seconds."""
    cluster = Cluster(trial.undo, scratch(trial.undo, "cluster")).start()
    house = trial.house(cluster=cluster)
    house.server.start()
    with Crowd(house.ledger, house.server.port, house.door, 16) as crowd:
        for _ in range(trial.times):
            had = crowd.acked()
            wait_until(lambda: crowd.acked() >= had + 30, 60, "acknowledged answers after a restart")
            cluster.restart()
            trial.injected += 1
    trial.promise(house.server.starts == 1 and house.server.is_alive(), "the server ended")
    told = sum(n for status, n in house.ledger.statuses.items() if status == "500")
    trial.promise(told == 0, f"{told} times 500 instead of 503")
    trial.note(f"slowest {crowd.slowest(1):.1f} s")
    trial.statuses(house)
    trial.judge(house)


class LosesCommit(Rule):
    """Passes COMMIT on and cuts the connection when its answer comes."""

    armed = threading.Event()
    cut = 0

    def __init__(self):
        self.waits = False

    def forth(self, data):
        if LosesCommit.armed.is_set() and b"commit" in data.lower():
            self.waits = True
            LosesCommit.armed.clear()
        return data

    def back(self, data):
        if self.waits:
            LosesCommit.cut += 1
            return None
        return data


@fault("R-20", "the answer to COMMIT is lost", short=5, whole=50, databases=("postgres",))
def commit_unanswered(trial):
    """Whether it was kept is found out by the form's id, not guessed."""
    house = trial.house()
    proxy = Proxy(trial.undo, house.cluster.port, LosesCommit)
    house.server.database_url = house.cluster.url(house.name, proxy.port)
    house.server.start()
    LosesCommit.cut = 0
    for n in range(trial.times):
        form = house.coded_form() if n % 2 and house.codes else Form()
        phone = Phone(house.ledger, house.server.port, house.coded if form.code else house.door)
        LosesCommit.armed.set()
        if not phone.send_until_stored(form, time.monotonic() + 20):
            raise Failed("a retry was not taken")
        phone.hang_up()
        if LosesCommit.armed.is_set():
            raise Failed("no COMMIT went by: this rig is blind")
    trial.injected = LosesCommit.cut
    trial.statuses(house)
    trial.judge(house)
