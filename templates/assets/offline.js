// A form without a signal: it is sent by script, so that answers that cannot leave stay in sight; it
// waits on this phone after a yes, and never before; what waits is listed, sent and mended here.
"use strict";
(async () => {
  // A tablet that is passed on keeps nothing and sends by itself.
  const form = document.querySelector("form[data-later]:not([data-kiosk])");
  const box = document.querySelector("[data-phone]");
  const url = form?.getAttribute("action") ?? box?.dataset.phone;
  if (!url) return;
  const about = await fetch(`${url}/phone.json`).then((answer) => answer.json()).catch(() => null);
  if (!about?.words) return;
  const { words } = about;
  const door = url.split("/")[2];
  const say = (key, n) => words[key].replace("{n}", n);
  const make = (tag, rest, ...inside) => {
    const made = Object.assign(document.createElement(tag), rest);
    made.append(...inside);
    return made;
  };
  const text = (key, className = "") => make("p", { className, textContent: words[key] });
  const button = (key, onclick, className = "skip") =>
    make("button", { type: "button", className, textContent: words[key], onclick });
  const bar = (...inside) => make("p", { className: "bar" }, ...inside);
  const title = (key, tag = "h2") => make(tag, { textContent: words[key] });
  const mending = new URLSearchParams(location.search).get("mend");
  const SHELF = "miradouro";

  // --- What waits, listed; sent by itself for as long as the page stands open.
  const list = make("section", { className: "note" });
  const status = make("p", { role: "status" });
  async function render() {
    const sheets = await outbox.all().catch(() => []);
    const of = (state) => sheets.filter((sheet) => sheet.state === state);
    const [waiting, held, arrived] = ["waiting", "held", "arrived"].map(of);
    list.hidden = !box && !form?.hidden && waiting.length + held.length === 0;
    const count = (key, n) => make("strong", { textContent: `${say(key, n)}   ` });
    const sum = arrived.reduce((all, one) => all + one.n, 0);
    const item = (sheet, ...more) => make("li", {}, make("bdi", { textContent: sheet.title }), ...more);
    const line = (what) => make("small", { textContent: ` — ${what}` });
    const delet = (sheet) => button("remove", () => {
      if (confirm(words.remove_sure)) outbox.remove(sheet.id);
    });
    const back = (sheet) => item(sheet, make("div", { className: "err" },
      make("p", { textContent: sheet.sentence }),
      ...sheet.wrong.map((one) => make("p", { textContent: `${one.question}: ${one.sentence}` }))),
      bar(...(sheet.wrong.length ? [make("a", { className: "go", href: `${sheet.url}?mend=${sheet.id}`, textContent: words.mend })] : []), delet(sheet)));
    list.replaceChildren(
      ...(box ? [] : [title("waiting_title")]),
      make("p", {}, ...(waiting.length + held.length + sum === 0 ? [words.nothing] : []),
        ...(waiting.length ? [count("waiting", waiting.length)] : []),
        ...(held.length ? [count("held", held.length)] : []),
        ...(sum ? [count("arrived", sum)] : [])),
      status,
      make("ul", { className: "links" }, ...held.map(back),
        ...waiting.map((sheet) => item(sheet, line(words.one_waits))),
        ...arrived.map((one) => item(one, line(`${words.one_arrived}${one.n > 1 ? ` (${one.n})` : ""}`)))));
    if (waiting.length + held.length > 0 && !(await navigator.storage?.persisted?.())) list.append(text("may_go", "soft"));
    const tools = [];
    if (waiting.length + held.length > 0) tools.push(button("send_now", () => flush(true), "go"));
    if (arrived.length > 0) tools.push(button("forget", () => outbox.remove(...arrived.map(({ id }) => id))));
    if (tools.length) list.append(bar(...tools));
  }
  let wait = 0, timer;
  async function flush(byHand = false) {
    clearTimeout(timer);
    if (byHand) status.textContent = words.sending;
    const { left, busy, signal } = await outbox.flush(byHand).catch(() => ({ left: 0 }));
    status.textContent = left === 0 ? "" : busy ? words.still_busy : signal ? "" : words.still_no_signal;
    wait = left === 0 ? 0 : busy ? Math.min(busy, 3600) : Math.min(wait * 2 || 5, 300);
    if (left > 0) timer = setTimeout(flush, wait * 1000);
    await render();
  }
  const again = () => { wait = 0; flush(); };
  addEventListener("online", again);
  addEventListener("pageshow", (event) => { if (event.persisted) again(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  try { new BroadcastChannel("miradouro").onmessage = render; } catch { /* one page only, then */ }
  (box ?? document.querySelector("footer > div") ?? document.body).prepend(list);
  if (box) list.after(bar(make("a", { className: "skip", href: url, textContent: words.another })));
  await flush();
  if (!form) return;

  // --- A form that may wait here: it and what it is made of are kept, after a yes.
  const shelf = async () => (self.caches && navigator.serviceWorker ? caches.open(SHELF) : null);
  const isKept = async () => Boolean(await (await shelf())?.match(url));
  async function keepForm() {
    const made = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const files = made.filter(({ origin, pathname }) => origin === location.origin && /^\/a\/|\.svg$/.test(pathname));
    const maps = [...form.querySelectorAll("[data-map]")].map((one) => one.dataset.map);
    const pages = [url, `${url}/phone.json`, `${url}/waiting`];
    const kept = await shelf();
    await kept.addAll([...new Set([...pages, ...files.map(({ pathname }) => pathname), ...maps])]);
    await navigator.serviceWorker.register("/p/sw.js", { scope: "/p/" });
    await navigator.serviceWorker.ready;
  }
  async function forgetForm() {
    const kept = await shelf();
    for (const path of [url, `${url}/phone.json`, `${url}/waiting`]) await kept.delete(path);
    await outbox.remove(draftId, "pin");
  }
  let ready = await isKept().catch(() => false);
  const offer = make("div", { className: about.sealed ? "note" : "" });
  function drawOffer() {
    const inside = [];
    if (ready) {
      inside.push(text("ready"));
      if (about.sealed) inside.push(text("sealed", "soft"), pinTools());
      inside.push(bar(button("ready_forget", async () => { await forgetForm(); ready = false; drawOffer(); })));
    } else {
      const yes = button("offer_yes", async () => {
        try {
          await keepForm();
          navigator.storage?.persist?.();
          ready = true;
          drawOffer();
          watchDraft();
        } catch {
          offer.append(text("form_not_kept", "err"));
        }
      }, about.sealed ? "go" : "skip");
      inside.push(text("offer"), bar(yes));
    }
    if (about.sealed) offer.replaceChildren(title("offer_title"), ...inside);
    else offer.replaceChildren(make("details", { open: ready }, title("offer_title", "summary"), ...inside));
  }
  const start = form.querySelector(".start");
  if (start) start.append(offer); else form.querySelector("main > section")?.before(offer);
  // What was kept follows the server for as long as there is a signal.
  if (ready && navigator.onLine) keepForm().catch(() => {});

  // --- What is filled in: frozen into the bytes that will be sent, and put back from them.
  const named = (name) => [...form.elements].filter((one) => one.name === name);
  const group = (id) => form.querySelector(`fieldset.group[id="${CSS.escape(id)}"]`);
  function more(id) {
    const parts = group(id)?.querySelectorAll("section.repeat") ?? [];
    const n = parts.length;
    if (n === 0 || n >= (about.most[id] ?? 0)) return null;
    const copy = parts[0].cloneNode(true);
    for (const one of [copy, ...copy.querySelectorAll("*")]) {
      for (const { name, value } of [...one.attributes]) {
        if (value.includes(`${id}.0.`)) one.setAttribute(name, value.replaceAll(`${id}.0.`, `${id}.${n}.`));
      }
      one.classList.remove("err");
    }
    copy.querySelectorAll("p[id$='-err'],[data-map] [role=status],[data-map] button").forEach((one) => one.remove());
    copy.querySelectorAll("[data-map] svg").forEach((one) =>
      one.replaceWith(make("img", { src: one.closest("[data-map]").dataset.map, alt: "", loading: "lazy" })));
    copy.querySelectorAll("[type=file]").forEach((one) =>
      copy.querySelectorAll(`[type=checkbox][name="${CSS.escape(one.name)}"]`).forEach((token) => token.closest("label").remove()));
    copy.querySelectorAll("input,select,textarea").forEach((one) => {
      if (one.matches("[type=radio],[type=checkbox]")) one.checked = false;
      else if (one.type !== "hidden") one.value = "";
    });
    const head = copy.querySelector("h3");
    head.textContent = head.textContent.replace(/\d+/, n + 1);
    head.tabIndex = -1;
    parts[n - 1].after(copy);
    named(`_times.${id}`).forEach((one) => { one.value = n + 1; });
    if (n + 1 >= about.most[id]) group(id).querySelector("[name=_add]")?.remove();
    document.dispatchEvent(new CustomEvent("miradouro:more", { detail: copy }));
    return head;
  }
  const small = new WeakMap();
  async function smaller(file) {
    if (!small.has(file)) {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const by = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const canvas = make("canvas", { width: Math.round(picture.width * by), height: Math.round(picture.height * by) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      small.set(file, new File([jpeg], "photo.jpg", { type: "image/jpeg" }));
    }
    return small.get(file);
  }
  // Photos become small before they are kept, and lose where and when they were taken on the way.
  async function gathered(submitter, wrong = []) {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (!(value instanceof File)) data.append(name, value);
      else if (value.size > 0) {
        try {
          data.append(name, await smaller(value));
        } catch {
          wrong.push({ field: name, question: form.querySelector(`[id="${CSS.escape(name)}"] legend`)?.firstChild.textContent ?? "", sentence: words.photo_kind });
        }
      }
    }
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return data;
  }
  async function bytes(data) {
    const parts = form.enctype === "multipart/form-data";
    const made = new Response(parts ? data : new URLSearchParams(data));
    return { type: made.headers.get("Content-Type"), body: await made.arrayBuffer() };
  }
  const SEALED = "application/vnd.miradouro.sealed";
  async function frozen(data, before) {
    const plain = await bytes(data);
    const sheet = {
      id: before?.id ?? data.get("_id"), state: "waiting", url, title: about.title,
      version: before?.version ?? about.version, pass: before?.pass ?? about.pass, turn: crypto.getRandomValues(new Uint32Array(1))[0],
    };
    if (!about.sealed || !crypto.subtle) return { ...sheet, ...plain };
    const sealed = await outbox.sealed(about.key, door, plain);
    return { ...sheet, sealed: true, type: SEALED, body: before?.sealed ? outbox.join(before.body, sealed) : sealed };
  }
  function fill(data) {
    for (const [name, value] of data) {
      const id = name.startsWith("_times.") && name.slice(7);
      while (id && named(name)[0]?.value < Number(value) && more(id));
    }
    const files = new Map();
    for (const [name, value] of data) {
      if (value instanceof File) files.set(name, [...(files.get(name) ?? []), value]);
      else if (!name.startsWith("_") || name.startsWith("_clear.") || name === "_code") {
        const inputs = named(name);
        const tick = inputs.find((one) => one.matches("[type=radio],[type=checkbox]") && one.value === value);
        if (tick) tick.checked = true;
        else inputs.filter((one) => !one.matches("[type=radio],[type=checkbox],[type=file]")).forEach((one) => { one.value = value; });
      }
    }
    for (const [name, photos] of files) {
      const chosen = new DataTransfer();
      photos.forEach((photo) => { chosen.items.add(photo); small.set(photo, photo); });
      const input = named(name).find((one) => one.type === "file");
      if (input) input.files = chosen.files;
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const unpack = ({ type, body }) => new Response(body, { headers: { "Content-Type": type } }).formData();

  // --- Sending.
  let held = mending ? await outbox.get(mending).catch(() => null) : null;
  if (!held && !form.querySelector(".err") && !form.dataset.kept) named("_id")[0].value = crypto.randomUUID?.() ?? named("_id")[0].value;
  const send = [...form.querySelectorAll(".bar")].pop();
  const panel = make("div", { className: "note", role: "status", tabIndex: -1, hidden: true });
  send.before(panel);
  const tell = (...inside) => { panel.replaceChildren(...inside); panel.hidden = false; panel.focus(); panel.scrollIntoView({ block: "center" }); };
  let pending = null, sameAs = "", retry;
  const inert = (yes) => send.querySelectorAll("button").forEach((one) => { one.disabled = yes; });
  const gone = () => { outbox.remove(draftId, ...(held ? [held.id] : [])).catch(() => {}); };
  const thanks = () => { gone(); leaving = true; location.assign(`${url}/thanks`); };

  // Beside the fields, as the server's own page would.
  function complain(wrong, asIs) {
    form.querySelectorAll(".sent-err").forEach((one) => one.remove());
    form.querySelectorAll("fieldset.err").forEach((one) => one.classList.remove("err"));
    for (const { field, sentence } of wrong) {
      const at = form.querySelector(`[id="${CSS.escape(field)}"]`);
      at?.classList.add("err");
      at?.querySelector("legend")?.after(make("p", { className: "sent-err", id: `${field}-err`, textContent: sentence }));
      at?.setAttribute("aria-describedby", `${field}-err`);
    }
    const links = wrong.map(({ field, question }) => make("li", {}, make("a", { href: `#${field}`, textContent: question })));
    const sum = make("div", { className: "err sum sent-err", role: "alert", tabIndex: -1 },
      make("p", { textContent: words.wrong_title }), make("ul", {}, ...links));
    panel.hidden = true;
    form.querySelector("main h1").after(sum);
    if (asIs) send.prepend(make("button", { className: "skip sent-err", name: asIs[0], value: "yes", textContent: asIs[1] }));
    document.dispatchEvent(new CustomEvent("miradouro:wrong", { detail: wrong }));
    sum.focus();
  }

  async function keepSheet() {
    try {
      if (about.sealed && !pending.sealed) throw new Error("not safe");
      await outbox.put(pending);
    } catch {
      tell(title("no_signal_title"), text("kept_not"), bar(button("try_again", () => attempt(), "go")));
      return later();
    }
    clearTimeout(retry);
    const id = pending.id;
    pending = null;
    gone();
    navigator.storage?.persist?.();
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("miradouro")).catch(() => {});
    done();
    if (held?.id === id) held = null;
    again();
  }
  // The form makes room for what waits.
  function done() {
    leaving = true;
    form.hidden = true;
    const rest = make("main", {}, title("kept_title", "h1"), text("kept"));
    if (about.sealed) rest.append(text("sealed", "soft"));
    rest.append(list, bar(make("a", { className: "go", href: url, textContent: words.another })));
    form.after(rest);
    render();
    scrollTo(0, 0);
  }
  const later = (seconds = 0) => {
    clearTimeout(retry);
    wait = Math.min(wait * 2 || 5, 300);
    retry = setTimeout(() => attempt(true), 1000 * (seconds || wait));
  };
  addEventListener("online", () => { if (pending) { wait = 0; attempt(true); } });

  async function attempt(byItself = false) {
    if (!pending) return;
    const sheet = pending;
    if (!byItself) tell(text("sending"));
    inert(true);
    // A form that may wait is on the disk before it leaves: a tab that dies loses nothing.
    const said = ready || held ? await outbox.alone(async () => {
      await outbox.put(sheet).catch(() => {});
      const said = await outbox.send(sheet);
      if (["now", "already"].includes(said.state)) await outbox.arrived(sheet).catch(() => {});
      else if (!held && ["refused", "closed"].includes(said.state)) await outbox.remove(sheet.id).catch(() => {});
      return said;
    }) : await outbox.send(sheet);
    inert(false);
    const first = !sheet.tried;
    sheet.tried = true;
    if (pending !== sheet) return;
    const sentence = make("p", { textContent: said.sentence ?? "" });
    switch (said.state) {
      case "now": return thanks();
      case "already": {
        if (!first || sheet.again || form.elements._code) return thanks();
        pending = null;
        return tell(sentence, bar(button("send_as_new", () => {
          named("_id")[0].value = crypto.randomUUID();
          form.requestSubmit(send.querySelector(".go"));
        }, "go")));
      }
      case "refused":
        pending = null;
        if (said.wrong?.length) return complain(said.wrong, said.as_is);
        return tell(make("h2", { textContent: said.title ?? "" }), sentence);
      case "closed":
        pending = null;
        return tell(make("h2", { textContent: said.title ?? "" }), sentence);
      case "busy":
        tell(make("h2", { textContent: said.title || words.still_busy }), text("no_signal"), ...keepTools());
        return later(said.after);
      default:
        if (ready) return keepSheet();
        if (!byItself) tell(title("no_signal_title"), text("no_signal"), ...keepTools());
        later();
    }
  }
  const keepTools = () => [text("no_signal_or"),
    bar(button("keep", keepSheet, "go"), button("try_again", () => attempt()))];

  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (submitter?.name === "_lang") return;
    event.preventDefault();
    if (submitter?.name === "_add") {
      const head = more(submitter.value);
      head?.scrollIntoView();
      return head?.focus();
    }
    const wrong = [];
    if (form.querySelector("[type=file]")) tell(text("photos_work"));
    const data = await gathered(submitter, wrong);
    if (wrong.length) return complain(wrong);
    let before = null;
    if (held?.sealed) before = correction(data);
    // The same answers once more are the same sheet: what the server says of them is about both.
    const looks = JSON.stringify([...data].map(([name, value]) => [name, value.size ?? value]));
    const repeated = sameAs === looks;
    sameAs = looks;
    clearTimeout(retry);
    try {
      pending = { ...(await frozen(data, before ?? held)), again: repeated };
    } catch (error) {
      return tell(title("no_signal_title"), text("kept_not"), make("p", { className: "soft", textContent: String(error) }));
    }
    await attempt();
  });
  // What is changed meanwhile must be sent anew.
  form.addEventListener("input", () => {
    if (!pending) return;
    pending = null;
    clearTimeout(retry);
    panel.hidden = true;
  });
  addEventListener("pageshow", (event) => { if (event.persisted) { sameAs = ""; leaving = false; panel.hidden = true; } });

  // --- What came back: the whole form where this phone can read it, else only what is wrong.
  function correction(data) {
    const fields = new Set(held.wrong.map(({ field }) => field));
    const inside = (one) => [...fields].some((field) => one.closest(`[id="${CSS.escape(field)}"]`));
    const mends = new Set([...form.elements].filter((one) => one.name && inside(one) && (one.type !== "file" || one.files.length)).map(({ name }) => name));
    for (const name of [...new Set(data.keys())]) {
      if (!mends.has(name) && name !== "_as_is") data.delete(name);
    }
    data.append("_id", held.id);
    mends.forEach((name) => data.append("_mend", name));
    return held;
  }
  if (held?.state === "held") {
    named("_id")[0].value = held.id;
    if (held.sealed) {
      for (const { field } of held.wrong) {
        const [, id, at] = field.match(/^(.*)\.(\d+)\./) ?? [];
        while (id && group(id)?.querySelectorAll("section.repeat").length <= Number(at) && more(id));
      }
      const keep = held.wrong.map(({ field }) => form.querySelector(`[id="${CSS.escape(field)}"]`)).filter(Boolean);
      form.querySelectorAll("main fieldset[id]").forEach((one) => {
        one.hidden = !keep.some((kept) => one.contains(kept) || kept.contains(one));
      });
      offer.replaceChildren(text("mend_sealed", "note"));
    } else {
      fill(await unpack(held));
    }
    complain(held.wrong, held.as_is);
  }

  // --- A form in progress, where staff said yes: put back after a tab died. A PIN hides it.
  const draftId = `draft ${url}`;
  let leaving = false, saving, watched = false;
  async function saveDraft() {
    if (leaving || !ready || held) return;
    const { type, body } = await bytes(await gathered(null));
    if (!leaving) await outbox.put({ id: draftId, state: "draft", type, body }).catch(() => {});
  }
  function watchDraft() {
    if (!about.sealed || watched || held) return;
    watched = true;
    const soon = () => { clearTimeout(saving); saving = setTimeout(saveDraft, 800); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    document.addEventListener("visibilitychange", () => { if (document.hidden) saveDraft().then(lock); });
  }
  async function hashed(pin, salt) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 200000 }, key, 256);
    return [...new Uint8Array(bits)].join();
  }
  const pinField = () => make("input", { type: "password", inputMode: "numeric", autocomplete: "off", pattern: "[0-9]{4,8}", minLength: 4, maxLength: 8, ariaLabel: words.pin });
  function pinTools() {
    const field = pinField(), tools = make("details", {}, title("pin_title", "summary"), text("pin_what"));
    const set = button("pin_set", async () => {
      if (!/^[0-9]{4,8}$/.test(field.value)) return field.focus();
      const salt = crypto.getRandomValues(new Uint8Array(16));
      await outbox.put({ id: "pin", state: "pin", salt, hash: await hashed(field.value, salt) });
      tools.replaceWith(make("p", { role: "status", textContent: words.pin_on }));
    });
    outbox.get("pin").then((pin) => {
      if (!pin) return tools.append(make("label", { textContent: words.pin }, field), bar(set));
      tools.append(text("pin_on"), bar(button("pin_off", () => outbox.remove("pin").then(drawOffer))));
    }).catch(() => {});
    return tools;
  }
  async function lock() {
    const pin = await outbox.get("pin").catch(() => null);
    if (!pin || form.hidden || leaving) return;
    form.hidden = true;
    const field = pinField(), said = make("p", { role: "alert" });
    const open = make("form", { className: "locked" }, make("main", {}, title("pin_locked", "h1"), text("pin_what", "soft"),
      make("label", { textContent: words.pin }, field), said,
      bar(make("button", { className: "go", textContent: words.pin_open }), button("pin_forgot", async () => {
        if (!confirm(words.pin_sure)) return;
        leaving = true;
        await outbox.remove("pin", draftId);
        location.replace(url);
      }))));
    open.onsubmit = async (event) => {
      event.preventDefault();
      if ((await hashed(field.value, pin.salt)) !== pin.hash) {
        said.textContent = words.pin_wrong;
        field.value = "";
        return field.focus();
      }
      open.remove();
      form.hidden = false;
    };
    form.before(open);
    field.focus();
  }
  if (!held) drawOffer();
  if (ready && about.sealed && !held) {
    const draft = await outbox.get(draftId).catch(() => null);
    if (draft) {
      await lock();
      fill(await unpack(draft));
      offer.prepend(text("back"));
    }
    watchDraft();
  }
})();
