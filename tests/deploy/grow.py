#!/usr/bin/env python3
"""What more machines would bring, simulated where there are none: prints the table of docs/growing.md.

Forms arrive at random (Poisson). Each takes a core of its server for a while, then waits for that
server's one writer, which commits whatever has queued (at most 256) in one transaction: the way to
the database and back, the database's work for each form (its cores are shared by all writers), and
one wait for its disk or for the other machines that must have it, too. A distributed PostgreSQL is
several databases, each with the diagnoses that fall to it. Everything random comes from one seed.

    tests/deploy/grow.py [--work MS] [--row MS] [--sync MS] [--way MS]
"""
import argparse
import heapq
import random
from collections import deque

GROUP = 256
SECONDS = 12


def simulate(rate, servers, cores, shards, shard_cores, work, row, sync, way, seed=1):
    """Milliseconds each form waited, and how many were still waiting when it ended."""
    rng = random.Random(seed)
    events, number = [], 0

    def at(time, what, *of):
        nonlocal number
        number += 1
        heapq.heappush(events, (time, number, what, of))

    free = [cores] * servers                    # cores of each server
    queue = [deque() for _ in range(servers)]   # forms that wait for a core
    waiting = [[deque() for _ in range(shards)] for _ in range(servers)]  # for the writer
    writing = [[False] * shards for _ in range(servers)]
    busy_until = [[0.0] * shard_cores for _ in range(shards)]
    waits, open_forms = [], 0
    end = SECONDS * 1000.0

    def begin(server, now):
        while free[server] and queue[server]:
            form = queue[server].popleft()
            free[server] -= 1
            at(now + rng.gauss(work, work * 0.2).__abs__(), "worked", server, form)

    def write(server, shard, now):
        line = waiting[server][shard]
        if writing[server][shard] or not line:
            return
        group = [line.popleft() for _ in range(min(GROUP, len(line)))]
        writing[server][shard] = True
        core = min(range(shard_cores), key=busy_until[shard].__getitem__)
        starts = max(now + way / 2, busy_until[shard][core])
        busy_until[shard][core] = starts + row * len(group)
        done = busy_until[shard][core] + rng.expovariate(1 / sync) * 0.5 + sync * 0.5 + way / 2
        at(done, "written", server, shard, group)

    at(rng.expovariate(rate / 1000.0), "arrives")
    while events:
        now, _, what, of = heapq.heappop(events)
        if what == "arrives":
            if now < end:
                server = rng.randrange(servers)
                queue[server].append((now, rng.randrange(shards)))
                open_forms += 1
                begin(server, now)
                at(now + rng.expovariate(rate / 1000.0), "arrives")
        elif what == "worked":
            server, form = of
            free[server] += 1
            waiting[server][form[1]].append(form)
            begin(server, now)
            write(server, form[1], now)
        else:
            server, shard, group = of
            writing[server][shard] = False
            for came, _ in group:
                if now <= end:
                    waits.append(now - came)
                    open_forms -= 1
            write(server, shard, now)
        if now > end and what != "arrives":
            break
    waits.sort()
    return waits, open_forms


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=float, default=0.35, help="ms of a core for a form")
    parser.add_argument("--row", type=float, default=0.05, help="ms of a database core for a form")
    parser.add_argument("--sync", type=float, default=4.0, help="ms until a disk has it")
    parser.add_argument("--way", type=float, default=0.6, help="ms to the database and back")
    with_ = parser.parse_args()
    print(f"work {with_.work} ms, row {with_.row} ms, sync {with_.sync} ms, way {with_.way} ms; "
          f"{SECONDS} s of Poisson arrivals, seed 1")
    setups = [
        ("one machine with everything, 2 cores", dict(servers=1, cores=2, shards=1, shard_cores=1, way=0.1)),
        ("one server, PostgreSQL beside it (4 cores)", dict(servers=1, cores=2, shards=1, shard_cores=4)),
        ("two servers, one PostgreSQL", dict(servers=2, cores=2, shards=1, shard_cores=4)),
        ("four servers, one PostgreSQL", dict(servers=4, cores=2, shards=1, shard_cores=4)),
        ("four servers, PostgreSQL that waits for a second one", dict(servers=4, cores=2, shards=1, shard_cores=4, sync=with_.sync + 2)),
        ("eight servers, PostgreSQL spread over four machines", dict(servers=8, cores=2, shards=4, shard_cores=4, sync=with_.sync + 2, way=1.5)),
    ]
    rates = [33, 300, 2000, 5000, 10000, 20000]
    print("| set-up | " + " | ".join(f"{rate}/s" for rate in rates) + " |")
    print("|---|" + "---|" * len(rates))
    for name, setup in setups:
        cells = []
        for rate in rates:
            given = dict(work=with_.work, row=with_.row, sync=with_.sync, way=with_.way) | setup
            waits, still = simulate(rate, **given)
            grows = still > rate * 0.5
            p99 = waits[int(len(waits) * 0.99)] if waits else 0
            cells.append("too much" if grows else f"{p99:.0f} ms")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
