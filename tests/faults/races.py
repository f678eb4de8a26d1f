"""R-35, G-01, G-02, G-03: many at once for one thing, through one server, through two on one
PostgreSQL, and through two on one SQLite folder.

A one-time code is spent once, whoever asks; a form that is sent many times is stored once; a second
form with a known id does not replace the first.
"""

import threading

from client import CUT, Crowd, Form, bare, dial, read_answer, said
from machine import wait_until
from server import Server
from trial import fault

AT_ONCE = 64


def at_once(house, ports, door, forms, turn=0):
    """Sends all forms at one moment: everything but the last byte first, then the last bytes. Each
    from an address of its own, because misses with codes are counted by address."""
    outcomes = [None] * len(forms)
    barrier = threading.Barrier(len(forms), timeout=30)

    def one(n):
        form, port = forms[n], ports[n % len(ports)]
        house.ledger.attempt(form.mark)
        outcome = "cut"
        try:
            with dial(port, come_from=f"127.{1 + turn // 250}.{turn % 250}.{n + 1}") as sock:
                whole = bare(port, door, form)
                sock.sendall(whole[:-1])
                barrier.wait()
                sock.sendall(whole[-1:])
                answer = read_answer(sock)
            outcome = said(*answer) if answer else "cut"
        except (*CUT, threading.BrokenBarrierError):
            pass
        house.ledger.saw(outcome)
        if outcome in ("now", "already"):
            house.ledger.ack(form.mark)
        outcomes[n] = outcome

    threads = [threading.Thread(target=one, args=(n,), daemon=True) for n in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def race_for_codes(trial, house, ports):
    for turn in range(min(trial.times, len(house.codes) or trial.times)):
        code = house.coded_form().code
        outcomes = at_once(house, ports, house.coded, [Form(code=code) for _ in range(AT_ONCE)],
                           turn)
        won = outcomes.count("now")
        trial.injected += 1
        trial.promise(won == 1, f"{won} of {AT_ONCE} got through on one code")
        others = {outcome for outcome in outcomes if outcome != "now"}
        trial.promise(others <= {"409"}, f"the others were told {sorted(others)}")


def race_with_one_id(trial, house, ports):
    for _ in range(trial.times):
        form = Form()
        outcomes = at_once(house, ports, house.door, [form] * AT_ONCE)
        trial.injected += 1
        trial.promise(set(outcomes) <= {"now", "already"} and outcomes.count("now") == 1,
                      f"one form, {AT_ONCE} times: {sorted(set(map(str, outcomes)))}")


@fault("G-01", "64 at once with one code", short=8, whole=200)
def one_code(trial):
    house = trial.house()
    house.server.start()
    race_for_codes(trial, house, [house.server.port])
    trial.judge(house, all_stored=False)


@fault("G-02", "one form 64 times at once", short=5, whole=100)
def one_form(trial):
    house = trial.house()
    house.server.start()
    race_with_one_id(trial, house, [house.server.port])
    trial.judge(house)


@fault("G-03", "a known id with other answers", short=20, whole=200)
def other_answers(trial):
    """The first is kept, the second is told that it was received, and is nowhere."""
    house = trial.house()
    house.server.start()
    phone = house.phone()
    for _ in range(trial.times):
        first = Form()
        phone.send(first)
        second = Form(identity=first.id)
        kind, body = second.body()
        status, headers, page = phone.ask("POST", f"/p/{house.door}/en", body, kind)
        outcome = said(status, headers, page)
        trial.injected += 1
        trial.promise(outcome == "already", f"the second was told {outcome}")
    phone.hang_up()
    trial.judge(house)


@fault("R-35", "two servers on one database race for one code", short=8, whole=200,
       databases=("postgres",))
def two_servers(trial):
    house = trial.house()
    first, second = house.server, beside(trial, house)
    first.start()
    second.start()
    race_for_codes(trial, house, [first.port, second.port])
    race_with_one_id(trial, house, [first.port, second.port])
    second.stop()
    trial.judge(house, all_stored=False)


@fault("R-35k", "two servers on one database, each killed in turn", short=4, whole=60,
       databases=("postgres",))
def two_servers_killed(trial):
    house = trial.house()
    servers = [house.server, beside(trial, house)]
    for server in servers:
        server.start()
    # A phone that is cut off tries the other one: that is what the proxy before them does.
    with Crowd(house.ledger, None, house.door, 16, ports=[server.port for server in servers]) as crowd:
        for n in range(trial.times):
            had = crowd.acked()
            wait_until(lambda: crowd.acked() >= had + 20, 60, "acknowledged answers")
            servers[n % 2].kill()
            trial.injected += 1
            servers[n % 2].start()
    servers[1].stop()
    trial.statuses(house)
    trial.judge(house)


def beside(trial, house):
    """A second server on the same data."""
    return Server(trial.undo, trial.world.program, house.folder, trial.world.logs, house.url)


@fault("R-35s", "a second server on one SQLite folder", short=4, whole=40, databases=("sqlite",))
def two_on_one_file(trial):
    """It must be right or refused."""
    house = trial.house()
    first, second = house.server.start(), beside(trial, house).launch()
    wait_until(second.is_ready, 20, "a start or a refusal")
    trial.injected += 1
    if not second.is_alive():
        trial.promise(len(second.said()) > 40, "it is refused without a word")
        trial.note("refused: " + " ".join(second.said().split())[:120])
        ports = [first.port]
    else:
        trial.note("both serve")
        ports = [first.port, second.port]
    race_for_codes(trial, house, ports)
    race_with_one_id(trial, house, ports)
    with Crowd(house.ledger, None, house.door, 16, ports=ports) as crowd:
        had = crowd.acked()
        wait_until(lambda: crowd.acked() >= had + 300, 60, "acknowledged answers")
    if second.is_alive():
        second.stop()
    trial.statuses(house)
    trial.judge(house, all_stored=False)
