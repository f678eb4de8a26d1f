#!/usr/bin/env python3
"""The fault rig: every promise about answers, tried against the program as it is shipped.

    python3 tests/faults/run.py --program target/debug/miradouro            the short run
    python3 tests/faults/run.py --program target/debug/miradouro --whole    everything, full counts
    python3 tests/faults/run.py --program … --only R-03 --database sqlite

It makes a diagnosis through the program's own pages, copies it for every fault, injects the fault
while phones send answers, and counts what was acknowledged, stored, lost, duplicated and invented. It
prints one table and ends with 1 when a promise was broken or a control run showed no loss. What
this machine cannot inject is a row that says why. It needs nothing but Python and, for most faults,
root, strace and PostgreSQL; it ends and unmounts what it began and nothing else.
"""

import argparse
import os
import platform
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import machine  # noqa: E402
from cluster import Cluster  # noqa: E402
from house import Template  # noqa: E402
from trial import FAULTS, Trial  # noqa: E402

# Each file puts its faults on the list.
for _name in ("kills", "cuts", "disks", "files", "pg", "net", "races", "jobs", "upkeep"):
    __import__(_name)

HEAD = ["fault", "database", "injected", "attempted", "acknowledged", "stored", "lost", "duplicated",
        "phantom", "note"]


class World:
    """What all faults share."""

    def __init__(self, program, older, undo, verbose):
        self.program = os.path.abspath(program)
        self.older = older and os.path.abspath(older)
        self.undo, self.verbose = undo, verbose
        self.folder = machine.scratch(undo, "world")
        self.logs = os.path.join(self.folder, "logs")
        os.makedirs(self.logs)
        self._cluster = None
        self._templates = {}

    def cluster(self):
        """The PostgreSQL that most faults share."""
        if self._cluster is None:
            self._cluster = Cluster(self.undo, self.folder).start()
        return self._cluster

    def template(self, database, program=None):
        """A house made by the program under test, or by an older one."""
        kind = database if program is None else f"{database}-older"
        if kind not in self._templates:
            self._templates[kind] = Template(self, database, kind, program or self.program)
        return self._templates[kind]


def show(rows, markdown):
    """The table; in a terminal as columns, for a document as Markdown."""
    if markdown:
        print("| " + " | ".join(HEAD) + " |")
        print("|---|---|" + "---:|" * 7 + "---|")
        for row in rows:
            print("| " + " | ".join(cell.replace("|", "/") for cell in row.cells()) + " |")
        return
    table = [HEAD] + [row.cells() for row in rows]
    counted = [cells for cells in table if not cells[2].startswith("skipped")]
    wide = [max(len(cells[n]) for cells in (counted if n else table)) for n in range(9)]
    for cells in table:
        if cells[2].startswith("skipped"):
            print(f"{cells[0]:<{wide[0]}}  {cells[1]:<{wide[1]}}  {cells[2]}")
            continue
        numbers = "  ".join(f"{cells[n]:>{wide[n]}}" for n in range(2, 9))
        print(f"{cells[0]:<{wide[0]}}  {cells[1]:<{wide[1]}}  {numbers}  {cells[9]}")


def chosen(options):
    """Which faults, on which databases, how often."""
    for it in FAULTS:
        if options.only and it.name not in options.only:
            continue
        times = it.whole if options.whole else it.short
        if options.only and times is None:
            times = it.whole
        if times is None:
            continue
        for database in it.databases:
            if database in options.databases:
                yield it, database, times


def main():
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--program", required=True, help="the program under test")
    about.add_argument("--older", help="a build of an older version, to be replaced by it (R-32)")
    length = about.add_mutually_exclusive_group()
    length.add_argument("--short", action="store_true", help="a few of each (the default)")
    length.add_argument("--whole", action="store_true", help="everything, as often as the plan says")
    about.add_argument("--only", type=lambda text: text.split(","), help="names, with commas between")
    about.add_argument("--database", default="sqlite,postgres", help="sqlite, postgres or both")
    about.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    about.add_argument("--verbose", action="store_true", help="say where the rig itself failed")
    about.add_argument("--list", action="store_true", help="say what there is, and inject nothing")
    options = about.parse_args()
    options.databases = options.database.split(",")
    if options.list:
        for it in FAULTS:
            print(f"{it.name:<12} {it.says} ({', '.join(it.databases)})")
        return 0
    unknown = set(options.only or ()) - {it.name for it in FAULTS}
    if unknown or not set(options.databases) <= {"sqlite", "postgres"}:
        about.error(f"there is no {', '.join(sorted(unknown)) or options.database}; see --list")
    if not os.access(options.program, os.X_OK):
        about.error(f"{options.program} is no program")
    # Ctrl-C and SIGTERM go through `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    undo, rows, begun = machine.Undo(), [], time.monotonic()
    try:
        world = World(options.program, options.older, undo, options.verbose)
        for it, database, times in chosen(options):
            row = Trial(world, it, database, times, options.whole)
            rows.append(row)
            try:
                world.template(database)
            except machine.Skipped as why:
                row.skipped = str(why)
            else:
                row.run()
            state = "skipped" if row.skipped else "ok" if row.is_good() else "FAILED"
            print(f"{state:<8}{row.seconds:6.1f} s  {it.name} {database}: {it.says}", flush=True)
    finally:
        undo.down_to(0)
    print()
    show(rows, options.markdown)
    bad = [row for row in rows if not row.is_good()]
    skipped = sum(1 for row in rows if row.skipped)
    print(f"\n{platform.system()} {platform.release()}, {os.cpu_count()} cores, "
          f"{time.strftime('%Y-%m-%d')}, {time.monotonic() - begun:.0f} s: "
          f"{len(rows) - len(bad) - skipped} kept, {len(bad)} broken, {skipped} skipped")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
