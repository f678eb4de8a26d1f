"""A diagnosis with one open collection, made once through the program's own pages, and copies of it
for every fault: a data folder, and on PostgreSQL a database beside it.

What is stored is read without the program: SQLite from a copy of the file and its log after the
server has stopped, PostgreSQL through psql. Beside the canaries the reader looks at what must go
together: one receipt and one count for every response, one text for every response, a whole picture
for every photo's row, and the database's own check of itself.
"""

import collections
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import urllib.parse

import machine
from client import Form, Phone
from ledger import Ledger
from machine import Failed, Skipped, run
from server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CARDS = 500
# So many that a release can be shown.
BEFORE = 24


class Template:
    """The first house of a kind: every other one is its copy."""

    def __init__(self, world, database, kind, program):
        self.world, self.database, self.program = world, database, program
        self.kind, self.name = kind, f"template_{kind.replace('-', '_')}"
        self.folder = os.path.join(world.folder, f"template-{kind}")
        os.makedirs(os.path.join(self.folder, "instruments"))
        shutil.copy(os.path.join(HERE, "rig.toml"), os.path.join(self.folder, "instruments"))
        self.url = None
        if database == "postgres":
            world.cluster().sql("postgres", f"create database {self.name}")
            self.url = world.cluster().url(self.name)
        self.before = []
        self._found()
        if database == "sqlite":
            self._close_file()

    def _found(self):
        server = Server(self.world.undo, self.program, self.folder, self.world.logs, self.url)
        server.start()
        desk = Desk(server.port)
        invitation = next(line.split(" ", 1)[1] for line in server.said("out").splitlines()
                          if line.startswith("set-up "))
        desk.post(urllib.parse.urlparse(invitation).path, [
            ("name", "Rig"), ("sign_in", "rig"), ("passphrase", "a long enough sentence"),
            ("lang", "en")])
        slug = desk.post("/new", [("name", "Rig"), ("languages", "en"), ("time_zone", "UTC"),
                                  ("consent_age", "16"), ("help_emergency", "112"), ("zones", "All")])
        wave = re.search(r'name="wave"[^>]*value="([0-9a-f]{32}|[0-9a-f-]{36})"',
                         desk.get(f"{slug}/collections/new"))
        here = desk.post(f"{slug}/collections/new", [
            ("instrument", "rig"), ("wave", wave.group(1)), ("mode", "own"), ("title", "Rig"),
            ("sampling", "self_selected"), ("asked_by", "the rig"), ("presence", "nobody"),
            ("recruited_by", "the rig"), ("languages", "en")])
        self.slug, self.collection = slug, here.rsplit("/", 1)[1]
        desk.post(f"{here}/open", [])
        desk.post(f"{here}/ceiling", [("ceiling", "1000000")])
        self.coded = desk.post(f"{here}/doors", [("mode", "own"), ("codes", "yes")]).split("#")[1]
        doors = set(re.findall(r"/p/([a-z0-9]{8})\b", desk.get(f"{here}/doors")))
        self.door = next(door for door in doors if door != self.coded)
        self.cookie = desk.cookie
        ledger = Ledger(os.path.join(self.world.folder, f"template-{self.kind}.ledger"))
        phone = Phone(ledger, server.port, self.door)
        for _ in range(BEFORE):
            if phone.send(Form()) != "now":
                raise Failed(f"the first answers were not taken: {ledger.statuses}")
        phone.hang_up()
        self.before = sorted(ledger.acked)
        ledger.close()
        server.stop()
        self.codes = self._cards()
        out = self._command("release", "--diagnosis", slug.rsplit("/", 1)[1], "--public")
        if "release 1" not in out:
            raise Failed(f"no release was made: {out}")

    def _command(self, *args):
        where = ["--data", self.folder] + (["--database-url", self.url] if self.url else [])
        return run(self.program, *args, *where, env={**os.environ, "RUST_BACKTRACE": "0"})

    def _cards(self):
        """One-time codes, read from the sheet as somebody with the cards in hand would."""
        if shutil.which("pdftotext") is None:
            return []
        pdf = os.path.join(self.world.folder, f"cards-{self.kind}.pdf")
        self._command("cards", "--collection", self.collection, "--count", str(CARDS), "--out", pdf)
        text = run("pdftotext", "-layout", pdf, "-")
        codes = sorted(set(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\b", text)))
        if len(codes) != CARDS:
            raise Failed(f"{len(codes)} of {CARDS} codes could be read from the cards")
        return codes

    def _close_file(self):
        """One file without a log beside it, so that a copy is whole."""
        with sqlite3.connect(os.path.join(self.folder, "miradouro.db")) as db:
            db.execute("pragma wal_checkpoint(truncate)")


class Desk:
    """The host at a browser."""

    def __init__(self, port):
        self.phone = Phone(None, port, "")
        self.cookie = ""

    def _ask(self, method, path, fields=None):
        connection = self.phone
        connection.hang_up()
        import http.client
        line = http.client.HTTPConnection("127.0.0.1", connection.port, timeout=60)
        headers = {"Origin": f"http://127.0.0.1:{connection.port}", "Accept-Language": "en"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body=body, headers=headers)
        answer = line.getresponse()
        page = answer.read().decode(errors="replace")
        cookie = answer.getheader("set-cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        line.close()
        return answer, page

    def get(self, path):
        answer, page = self._ask("GET", path)
        if answer.status != 200:
            raise Failed(f"GET {path}: {answer.status}")
        return page

    def post(self, path, fields):
        """Sends a form that leads on, and gives where to."""
        answer, page = self._ask("POST", path, fields)
        if answer.status != 303:
            text = re.sub(r"<[^>]+>", " ", page)
            raise Failed(f"POST {path}: {answer.status} {' '.join(text.split())[-600:]}")
        return answer.getheader("location")


class House:
    """A copy of a template, with its server and its ledger."""

    number = 0

    def __init__(self, world, database, folder=None, cluster=None, of=None, empty=False,
                 template=None):
        """In a folder and a cluster of its own where they are given; a copy of another house, or
        (`empty`) nothing yet, to be filled by a command."""
        House.number += 1
        self.world, self.database = world, database
        self.template = template or world.template(database)
        self.door, self.coded = self.template.door, self.template.coded
        self.codes = list(self.template.codes)
        self.base = folder or machine.scratch(world.undo, "house")
        self.folder = os.path.join(self.base, "data")
        source = of or self.template
        if not empty:
            shutil.copytree(source.folder, self.folder)
        self.cluster, self.name, self.url = None, None, None
        if database == "postgres":
            self.cluster = cluster or world.cluster()
            self.name = f"house_{House.number}"
            if cluster is None:
                template = "template0" if empty else of.name if of else self.template.name
                self.cluster.sql("postgres", f"create database {self.name} template {template}")
            else:
                self._bring_in()
            self.url = self.cluster.url(self.name)
        before = of.ledger.attempted if of else self.template.before
        self.ledger = Ledger(os.path.join(world.folder, f"house-{House.number}.ledger"), before)
        self.server = Server(world.undo, world.program, self.folder, world.logs, self.url)

    def twin(self):
        """A copy of this house as it is; its server must not be running."""
        return House(self.world, self.database, of=self)

    def nowhere(self):
        """A place of the same kind with nothing in it."""
        return House(self.world, self.database, empty=True)

    def forget(self):
        """Makes room: hundreds of copies would fill the disk."""
        self.server.kill()
        shutil.rmtree(self.base, ignore_errors=True)
        if self.name:
            self.cluster.sql("postgres", f"drop database {self.name} with (force)")

    def _bring_in(self):
        """The template's database in another cluster."""
        self.cluster.sql("postgres", f"create database {self.name}")
        dump = os.path.join(self.world.folder, "template.sql")
        if not os.path.exists(dump):
            with open(dump, "wb") as file:
                subprocess.run([os.path.join(self.cluster.bin, "pg_dump"), "-h", "127.0.0.1", "-p",
                                str(self.world.cluster().port), "-U", "postgres", self.template.name],
                               stdout=file, check=True)
        run(os.path.join(self.cluster.bin, "psql"), "-h", "127.0.0.1", "-p", str(self.cluster.port),
            "-U", "postgres", "-d", self.name, "-v", "ON_ERROR_STOP=1", "-qf", dump)

    def phone(self, **how):
        return Phone(self.ledger, self.server.port, self.door, **how)

    def form(self, **how):
        return Form(**how)

    def coded_form(self, **how):
        if not self.codes:
            raise Skipped("pdftotext is not installed, so no one-time code can be read")
        return Form(code=self.codes.pop(), **how)

    def photo(self):
        with open(os.path.join(ROOT, "tests/surveys/photo.jpg"), "rb") as file:
            return file.read()

    # What is stored.

    def stored(self):
        """How often each canary is in the database."""
        rows = self.rows("select raw from free_text where question = 'words'")
        return collections.Counter(row[0] for row in rows)

    def rows(self, statement):
        if self.database == "sqlite":
            return self._from_copy(lambda db: db.execute(statement).fetchall())
        return [tuple(line.split("|")) for line in self.cluster.sql(self.name, statement)]

    def _from_copy(self, read):
        """From a copy, so that looking changes nothing."""
        aside = machine.tempfile.mkdtemp(prefix="miradouro-faults-look-")
        try:
            for end in ("", "-wal"):
                path = os.path.join(self.folder, f"miradouro.db{end}")
                if os.path.exists(path):
                    shutil.copy(path, os.path.join(aside, f"miradouro.db{end}"))
            db = sqlite3.connect(os.path.join(aside, "miradouro.db"))
            try:
                return read(db)
            finally:
                db.close()
        finally:
            shutil.rmtree(aside)

    def contradictions(self):
        """What does not go together in what is stored."""
        wrong = []
        counts = "select (select count(*) from response), (select count(*) from free_text), " \
                 "(select count(*) from receipt), " \
                 "(select cast(coalesce(sum(n), 0) as bigint) from counter)"
        responses, texts, receipts, counted = (int(n) for n in self.rows(counts)[0])
        if not responses == texts == receipts == counted:
            wrong.append(f"{responses} responses, {texts} texts, {receipts} receipts, {counted} counted")
        if self.database == "sqlite":
            for (line,) in self._from_copy(lambda db: db.execute("pragma integrity_check").fetchall()):
                if line != "ok":
                    wrong.append(f"integrity_check: {line}")
        else:
            wrong += self._amcheck()
        return wrong + self._pictures()

    def _amcheck(self):
        sql = "create extension if not exists amcheck; select count(bt_index_check(c.oid, true)) " \
              "from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam " \
              "join pg_namespace n on n.oid = c.relnamespace where a.amname = 'btree' " \
              "and n.nspname = 'public'"
        try:
            self.cluster.sql(self.name, sql)
            return []
        except RuntimeError as error:
            if "could not open extension control file" in str(error):
                return []
            return [f"amcheck: {error}"]

    def _pictures(self):
        """Every photo's row has its picture, whole: all are drawn from one file, so all are alike."""
        wrong, kinds = [], set()
        for (identity,) in self.rows("select lower(cast(id as text)) from photo"
                                     if self.database == "postgres"
                                     else "select lower(hex(id)) from photo"):
            name = identity.replace("-", "")
            found = [path for path in (os.path.join(self.folder, "photos", f"{shape}.jpg")
                                       for shape in (name, _dashed(name))) if os.path.exists(path)]
            if not found:
                wrong.append(f"no picture for photo {name[:8]}")
                continue
            with open(found[0], "rb") as file:
                picture = file.read()
            if not (picture.startswith(b"\xff\xd8") and picture.endswith(b"\xff\xd9")):
                wrong.append(f"half a picture for photo {name[:8]}")
            kinds.add(hashlib.sha256(picture).digest())
        if len(kinds) > 1:
            wrong.append(f"{len(kinds)} different pictures of one photo")
        return wrong



def _dashed(name):
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


