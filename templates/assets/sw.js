// The service worker of the forms: it gives back a form that somebody chose to keep, and sends what
// waits. It looks at nothing else, and keeps nothing by itself.
const SHELF = "miradouro";
const PATIENCE = 8000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(outbox.flush().then(({ left }) => {
  // Not all gone: the browser tries again by itself.
  if (left > 0) throw new Error("still waiting");
})));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(page(request, url));
    event.waitUntil(outbox.flush().catch(() => {}));
  } else if (url.pathname.startsWith("/a/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

// A kept form only where the net gives nothing, or gives it too late; a kept copy follows what the
// server has now.
async function page(request, url) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(url.pathname);
  if (kept && url.searchParams.has("mend")) return fresh(kept);
  const late = new Promise((done) => { if (kept) setTimeout(done, PATIENCE); });
  const answer = await Promise.race([fetch(request).catch(() => null), late]);
  const ours = answer?.headers.has("Content-Security-Policy");
  if (answer?.ok && ours && kept && !answer.redirected) await shelf.put(url.pathname, answer.clone());
  return answer ?? (kept ? fresh(kept) : other(shelf, url));
}

// Every form that is begun has an id of its own.
async function fresh(kept) {
  const html = (await kept.text()).replace(/(name="_id" value=")[^"]*/, `$1${crypto.randomUUID()}`);
  const names = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
  return new Response(html, { headers: names.map((name) => [name, kept.headers.get(name) ?? ""]) });
}

// The code on a poster leads to the kept form whatever its language.
async function other(shelf, url) {
  const paths = (await shelf.keys()).map((request) => new URL(request.url).pathname);
  const form = paths.find((path) => path.startsWith(`${url.pathname}/`) && path.split("/").length === 4);
  return form ? Response.redirect(form) : Response.error();
}
