"""A phone that fills in the form, and a crowd of them.

It speaks HTTP over its own socket, sends the same form with the same id until the server says that
the answers are stored (303 to the thank-you page, or the page that says "already received"), and
takes nothing else for an acknowledgement. What it saw is counted: statuses, and `cut` where the
connection ended without an answer.
"""

import http.client
import os
import random
import socket
import threading
import time
import tomllib
import urllib.parse
import uuid

from ledger import canary

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def _already():
    with open(os.path.join(ROOT, "templates/text/en/form.toml"), "rb") as file:
        return tomllib.load(file)["already_title"].encode()


ALREADY = _already()
FEELINGS = ("very_unsafe", "unsafe", "neither", "safe", "very_safe")
CUT = (OSError, http.client.HTTPException)


class Form:
    """One filled form: the same id however often it is sent."""

    def __init__(self, code=None, photo=None, mark=None, identity=None):
        self.mark = mark or canary()
        self.id = identity or uuid.uuid4().hex
        self.code = code
        self.photo = photo
        self.feeling = random.choice(FEELINGS)

    def fields(self):
        fields = [("_id", self.id), ("safe", self.feeling), ("words", self.mark)]
        if self.code:
            fields.append(("_code", self.code))
        if self.photo:
            fields.append(("_clear.seen", "yes"))
        return fields

    def body(self):
        """The content type and the bytes."""
        if self.photo is None:
            return "application/x-www-form-urlencoded", urllib.parse.urlencode(self.fields()).encode()
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in self.fields()]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="seen"; filename="p.jpg"\r\n'
                     "Content-Type: image/jpeg\r\n\r\n".encode() + self.photo + b"\r\n")
        parts.append(f"--{edge}--\r\n".encode())
        return f"multipart/form-data; boundary={edge}", b"".join(parts)


def said(status, headers, page):
    """What an answer means: `now`, `already`, or why not."""
    if status == 303 and headers.get("location", "").endswith("/thanks"):
        return "now"
    if status == 200 and ALREADY in page:
        return "already"
    return f"{status}"


class Phone:
    """One connection to one door, kept open or not."""

    def __init__(self, ledger, port, door, keep_alive=True, timeout=20):
        self.ledger, self.port, self.door = ledger, port, door
        self.keep_alive, self.timeout = keep_alive, timeout
        self.connection = None
        self.last_headers = {}
        self.last_page = b""

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def ask(self, method, path, body=None, kind=None):
        """One request; gives status, headers and page, or raises one of `CUT`."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Accept-Language": "en"}
        if kind:
            headers["Content-Type"] = kind
        if not self.keep_alive:
            headers["Connection"] = "close"
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            page = answer.read()
        except CUT:
            self.hang_up()
            raise
        if not self.keep_alive:
            self.hang_up()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, page

    def get(self, path):
        return self.ask("GET", path)

    def send(self, form):
        """Sends once and notes what came of it."""
        self.ledger.attempt(form.mark)
        kind, body = form.body()
        try:
            status, headers, page = self.ask("POST", f"/p/{self.door}/en", body, kind)
        except CUT:
            self.ledger.saw("cut")
            return "cut"
        self.last_headers, self.last_page = headers, page
        outcome = said(status, headers, page)
        self.ledger.saw(outcome)
        if outcome in ("now", "already"):
            self.ledger.ack(form.mark)
        return outcome

    def send_until_stored(self, form, deadline):
        """Sends again until it is stored or the deadline has passed."""
        while True:
            if self.send(form) in ("now", "already"):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(random.uniform(0.01, 0.06))


def read_answer(sock):
    """Reads one answer from a bare socket to its end; nothing when it was cut."""
    try:
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        page = answer.read()
    except CUT:
        return None
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, page


def bare(port, door, form, keep_alive=False):
    """The bytes of one submission, for those who write to a socket themselves."""
    kind, body = form.body()
    head = (f"POST /p/{door}/en HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nAccept-Language: en\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n")
    return head.encode() + body


def dial(port, timeout=20, come_from="127.0.0.1"):
    """A connection; all of 127.0.0.0/8 is this machine, so phones can have addresses of their own."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(come_from, 0))


class Crowd:
    """Many phones at once; each sends one form after another, every second one on a new connection
    each time."""

    def __init__(self, ledger, port, door, size, patience=60, photo=None, ports=None):
        self.ledger = ledger
        self.patience = patience
        self.stopping = threading.Event()
        self.times = []
        ports = ports or [port]
        self.threads = [
            threading.Thread(target=self._phone, daemon=True,
                             args=(Phone(ledger, ports[n % len(ports)], door, n % 2 == 0), photo))
            for n in range(size)
        ]

    def _phone(self, phone, photo):
        while not self.stopping.is_set():
            begun = time.monotonic()
            form = Form(photo=photo)
            phone.send_until_stored(form, begun + self.patience)
            self.times.append(time.monotonic() - begun)
        phone.hang_up()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Nobody begins a new form; those under way are sent to their end."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(self.patience + 30)

    def acked(self):
        return self.ledger.counts()[1]

    def slowest(self, share):
        times = sorted(self.times)
        return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0
