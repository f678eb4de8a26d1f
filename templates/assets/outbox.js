// What waits on this phone, for a page and for the service worker: kept in IndexedDB, sealed to the
// server where staff carry it, sent until the server says what became of it. No time is kept with
// it, so a wrong clock loses nothing.
"use strict";
globalThis.outbox ??= (() => {
  const open = () => new Promise((done, fail) => {
    const ask = indexedDB.open("miradouro", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("sheet", { keyPath: "id" });
    ask.onsuccess = () => done(ask.result);
    ask.onerror = ask.onblocked = () => fail(ask.error);
  });

  // One transaction; it counts when it is on the disk.
  async function within(mode, work) {
    const base = await open();
    try {
      const tx = base.transaction("sheet", mode, { durability: "strict" });
      const ask = work(tx.objectStore("sheet"));
      return await new Promise((done, fail) => {
        tx.oncomplete = () => done(ask?.result);
        tx.onerror = tx.onabort = () => fail(tx.error);
      });
    } finally {
      base.close();
    }
  }
  const news = () => { new BroadcastChannel("miradouro").postMessage("changed"); };
  const all = () => within("readonly", (store) => store.getAll());
  const get = (id) => within("readonly", (store) => store.get(id));
  const remove = (...ids) => within("readwrite", (store) => { ids.forEach((id) => store.delete(id)); }).then(news);

  // Kept means: read back whole. A browser that only pretends to keep is found out here.
  async function put(sheet) {
    await within("readwrite", (store) => store.put(sheet));
    const back = await get(sheet.id);
    if (back?.body?.byteLength !== sheet.body?.byteLength) throw new Error("not kept");
    news();
  }

  // HPKE (RFC 9180), base mode: P-256, HKDF-SHA256, AES-256-GCM. With keys and outputs no longer than
  // a hash, extract and expand are each one HMAC.
  const utf8 = (text) => new TextEncoder().encode(text);
  const join = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  };
  const hex = (text) => Uint8Array.from(text.match(/../g), (byte) => parseInt(byte, 16));
  async function mac(key, message) {
    const usable = key.length > 0 ? key : new Uint8Array(32);
    const made = await crypto.subtle.importKey("raw", usable, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", made, message));
  }
  const none = new Uint8Array(0), one = Uint8Array.of(1);
  const labelled = (suite) => ({
    extract: (salt, label, ikm) => mac(salt, join(utf8("HPKE-v1"), suite, utf8(label), ikm)),
    expand: async (prk, label, info, length) => {
      const whole = join(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info, one);
      return (await mac(prk, whole)).slice(0, length);
    },
  });
  async function seal(key, door, plain) {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = hex(key);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const sender = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const to = await crypto.subtle.importKey("raw", theirs, curve, false, []);
    const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: to }, own.privateKey, 256));
    const kem = labelled(Uint8Array.of(75, 69, 77, 0, 16));
    const secret = await kem.expand(
      await kem.extract(none, "eae_prk", shared), "shared_secret", join(sender, theirs), 32);
    const hpke = labelled(Uint8Array.of(72, 80, 75, 69, 0, 16, 0, 1, 0, 2));
    const context = join(Uint8Array.of(0), await hpke.extract(none, "psk_id_hash", none),
      await hpke.extract(none, "info_hash", utf8(`miradouro sheet 1 ${door}`)));
    const base = await hpke.extract(secret, "secret", none);
    const aes = await crypto.subtle.importKey("raw", await hpke.expand(base, "key", context, 32), "AES-GCM", false, ["encrypt"]);
    const iv = await hpke.expand(base, "base_nonce", context, 12);
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, plain));
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, sender.length + sealed.length);
    return join(size, sender, sealed);
  }
  // The bytes of a form with the kind of their content before them, sealed.
  const sealed = (key, door, { type, body }) => seal(key, door, join(utf8(`${type}\n`), new Uint8Array(body)));

  // Sends one sheet and gives what the server says. Whatever else answers (a hotel's sign-in page,
  // an error of somebody in between) is no signal.
  const states = ["now", "already", "closed", "refused", "busy"];
  async function send(sheet) {
    const headers = { "Accept": "application/json", "Content-Type": sheet.type, "Miradouro-Version": sheet.version };
    if (sheet.pass) headers["Miradouro-Pass"] = sheet.pass;
    try {
      const answer = await fetch(sheet.url, {
        method: "POST", headers, body: sheet.body, credentials: "omit", cache: "no-store", redirect: "error" });
      const said = await answer.json();
      if (!states.includes(said.state)) return { state: "nothing" };
      return { ...said, after: Number(answer.headers.get("Retry-After")) || 60 };
    } catch {
      return { state: "nothing" };
    }
  }

  // Of what has arrived only the title stays, and how often.
  async function arrived({ id, url, title }) {
    const one = { id: `arrived ${url}`, state: "arrived", url, title };
    one.n = ((await get(one.id))?.n ?? 0) + 1;
    await within("readwrite", (store) => { store.put(one); store.delete(id); });
  }

  // Sends everything that waits, one after the other, in one page or worker at a time. Gives how many
  // still wait and, when the server is busy, how many seconds it asked for.
  const alone = (work) => (navigator.locks ? navigator.locks.request("miradouro", work) : work());
  const flush = (again = false) => alone(async () => {
    let left = 0, busy = 0, signal = true;
    for (const sheet of await all()) {
      const waits = sheet.state === "waiting" || (again && sheet.state === "held");
      if (!waits) continue;
      const said = signal && !busy ? await send(sheet) : { state: "nothing" };
      if (said.state === "nothing" || said.state === "busy") {
        left += 1;
        if (said.state === "busy") busy = said.after;
        else if (!busy) signal = false;
      } else if (said.state === "now" || said.state === "already") {
        await arrived(sheet);
      } else {
        const { sentence, wrong = [], as_is = null } = said;
        // A copy that was mended meanwhile stays as it is.
        const there = await get(sheet.id);
        if (there?.turn === sheet.turn) await within("readwrite", (store) => store.put({ ...sheet, state: "held", sentence, wrong, as_is }));
      }
      news();
    }
    return { left, busy, signal };
  });

  return { all, get, put, remove, sealed, join, send, arrived, alone, flush };
})();
