// Without a signal: what waits on a phone, leaves once, and survives what happens to phones.
// Usage: node offline.mjs PROGRAM [WORDS]. Also prints what a form loads after it stands.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { chromiumPath, demonstration, flags, is, phone, picture, test as any } from "./lib.mjs";

const { addresses, browser, end } = await demonstration(process.argv[2]);
// With words behind the program, only the tests that have them in their names.
const only = process.argv[3] ?? "";
const test = (name, body) => (name.includes(only) ? any(name, body) : null);
const server = new URL(addresses.get("pulse2")).origin;

// The net between the phone and the server: up, down, deaf (the server takes it, its reply is lost), or
// in front of a server that is busy.
const net = { mode: "up", posts: 0 };
const between = createServer((ask, answer) => {
  if (net.mode === "down") return ask.socket.destroy();
  if (ask.method === "POST") net.posts += 1;
  if (net.mode === "busy" && ask.method === "POST") {
    answer.writeHead(503, { "Content-Type": "application/json", "Retry-After": "1" });
    return answer.end('{"state":"busy"}');
  }
  const { hostname, port } = new URL(server);
  const on = request({ hostname, port, path: ask.url, method: ask.method, headers: ask.headers }, (from) => {
    if (net.mode === "deaf" && ask.method === "POST") { from.resume(); ask.socket.destroy(); return; }
    answer.writeHead(from.statusCode, from.headers);
    from.pipe(answer);
  });
  on.on("error", () => ask.socket.destroy());
  ask.pipe(on);
});
await new Promise((done) => between.listen(0, "127.0.0.1", done));
const near = `http://127.0.0.1:${between.address().port}`;
const at = (name, lang = "nl") => `${addresses.get(name).replace(server, near)}/${lang}`;

// The coordinator sees how many have arrived, the moderator how many photos.
const staff = {};
for (const role of ["coordinator", "moderator"]) {
  staff[role] = await (await browser.newContext({ locale: "nl" })).newPage();
  await staff[role].goto(addresses.get(role));
  await staff[role].locator("button.go").click();
}
const known = new Map();
async function collection(name) {
  if (known.has(name)) return known.get(name);
  const page = staff.coordinator, door = new URL(addresses.get(name)).pathname;
  await page.goto(`${server}/d/oude-haven`);
  const links = await page.locator("a[href*='/collections/']").evaluateAll((all) => [...new Set(all.map((one) => one.href))]);
  for (const link of links.filter((one) => /collections\/[0-9a-f]{32}$/.test(one))) {
    if ((await (await page.request.get(link)).text()).includes(door)) { known.set(name, link); return link; }
  }
  throw new Error(`no collection behind ${door}`);
}
async function received(name) {
  await staff.coordinator.goto(await collection(name));
  const said = await staff.coordinator.locator("p.count").textContent();
  return Number(said.match(/\d+/)?.[0] ?? (/één/i.test(said) ? 1 : 0));
}
async function close(name) {
  await staff.coordinator.goto(await collection(name));
  await staff.coordinator.locator("form[action$='/close'] button").first().click();
  await staff.coordinator.locator("form[action$='/close']").waitFor({ state: "detached" });
}
async function photos(name) {
  await staff.moderator.goto(`${await collection(name)}/texts`);
  return staff.moderator.locator("img.photo").count();
}

const open = async (context, address) => {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`# ${error.stack}`));
  await page.goto(address);
  await ready(page);
  return page;
};
// The form's later script has done its work.
const ready = (page) => page.waitForFunction(() => globalThis.outbox && document.querySelector("section.note strong, section.note p"));
// One question a screen or one page: the last screen, then send.
async function send(page) {
  await page.evaluate(() => {
    document.querySelector("form").classList.remove("screens");
    document.querySelector("form").classList.add("end");
  });
  await page.locator("form .bar button.go:not([type=button])").last().click();
}
const tick = (page, name, value) => page.evaluate(([name, value]) => {
  const input = document.querySelector(`input[name="${name}"][value="${value}"]`);
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}, [name, value]);
const sheets = (page) => page.evaluate(async () => (await outbox.all()).map(({ body, ...sheet }) => ({ ...sheet, bytes: body?.byteLength })));
// Asked again until it is so; the browser's own waiting does not wait for promises.
async function until(page, so, seconds = 30) {
  for (let left = seconds * 5; left > 0; left -= 1) {
    if (await page.evaluate(so)) return;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
  }
  throw new Error(`never: ${so}`);
}
const online = (page) => page.evaluate(() => dispatchEvent(new Event("online")));
const says = (page, words) => page.getByText(words).first().waitFor();
const gone = (page) => page.waitForURL(/\/thanks$/);
const NO_SIGNAL = "Geen verbinding", KEEP = "Bewaar ze op deze telefoon", KEPT = "Bewaard op deze telefoon";

async function fresh(body, rest = {}) {
  const context = await browser.newContext({ ...phone, locale: "nl", ...rest });
  try {
    net.mode = "up";
    await body(context);
  } finally {
    net.mode = "up";
    await context.close();
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function clean(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  is(violations.length === 0, `${what}: ${violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target).join(" ")}`)}`);
}

// A noisy photo, so that it is as large as a real one.
const painter = await browser.newPage();
const photograph = async (hue, wide = 2400, tall = 1800) => Buffer.from(await painter.evaluate(([hue, wide, tall]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: tall });
  const brush = canvas.getContext("2d");
  for (let at = 0; at < 3000; at++) {
    brush.fillStyle = `hsl(${hue + at % 40} ${at % 90}% ${20 + at % 60}%)`;
    brush.fillRect((at * 97) % wide, (at * 61) % tall, 90, 70);
  }
  return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}, [hue, wide, tall]), "base64");

await test("after the page stands little more is loaded, and it is printed", () => fresh(async (context) => {
  for (const name of ["resident_safety", "walk_audit"]) {
    const page = await context.newPage(), later = [];
    let stands = false;
    page.on("request", (asked) => { if (stands || /later\.js|phone\.json/.test(asked.url())) later.push(asked); });
    await page.goto(at(name));
    stands = true;
    await ready(page);
    const worker = await (await page.request.get(`${near}/p/sw.js`)).body();
    let sum = gzipSync(worker).length;
    console.log(`${name}: sw.js ${sum} bytes gzipped`);
    for (const asked of new Set(later)) {
      const body = await (await asked.response()).body();
      const size = gzipSync(body).length;
      console.log(`${name}: ${new URL(asked.url()).pathname.replace(/\/a\/\w+\//, "")} ${size} bytes gzipped`);
      sum += size;
    }
    console.log(`${name}: ${sum} bytes gzipped after the page stands, service worker included`);
    is(sum <= 20 * 1024, `${sum} bytes`);
    await page.close();
  }
}));

await test("no signal: the page says so, keeps nothing, and sends by itself when it is back", () => fresh(async (context) => {
  const before = await received("pulse2");
  const page = await open(context, at("pulse2"));
  await tick(page, "q1", "safe");
  net.mode = "down";
  await send(page);
  await says(page, NO_SIGNAL);
  await picture(page, "no-signal-nl");
  const kept = await page.evaluate(async () => [(await outbox.all()).length, localStorage.length, (await caches.keys()).length]);
  is(kept.join() === "0,0,0", `kept without a yes: ${kept}`);
  net.mode = "up";
  await online(page);
  await gone(page);
  is((await received("pulse2")) === before + 1, "it arrived once");
}));

await test("a reply that is lost counts once", () => fresh(async (context) => {
  const before = await received("pulse2");
  const page = await open(context, at("pulse2"));
  await tick(page, "q1", "unsafe");
  net.mode = "deaf";
  await send(page);
  await says(page, NO_SIGNAL);
  net.mode = "up";
  await online(page);
  await gone(page);
  is((await received("pulse2")) === before + 1, "once");
}));

await test("a busy server is asked again when it said, and not before", () => fresh(async (context) => {
  const before = await received("pulse2");
  const page = await open(context, at("pulse2"));
  net.mode = "busy";
  await send(page);
  await says(page, "De server heeft het druk");
  net.mode = "up";
  await gone(page);
  is((await received("pulse2")) === before + 1, "once");
}));

await test("kept after a yes, it survives a closed tab and leaves once", () => fresh(async (context) => {
  const before = await received("pulse2");
  let page = await open(context, at("pulse2"));
  await tick(page, "q1", "safe");
  net.mode = "down";
  await send(page);
  await page.getByRole("button", { name: KEEP }).click();
  await says(page, KEPT);
  await picture(page, "kept-nl");
  is((await sheets(page)).map(({ state }) => state).join() === "waiting", "one waits");
  await page.close();
  net.mode = "deaf";
  page = await open(context, at("pulse2"));
  is((await sheets(page))[0].state === "waiting", "its reply was lost, so it still waits");
  await page.close();
  net.mode = "up";
  page = await open(context, at("pulse2"));
  await until(page, async () => (await outbox.all()).every(({ state }) => state === "arrived"));
  is((await received("pulse2")) === before + 1, "once");
  await page.goto(`${at("pulse2")}/waiting`);
  await says(page, "Aangekomen: 1");
  await picture(page, "arrived-nl");
}));

await test("Arabic: no signal, kept, listed from right to left", () => fresh(async (context) => {
  const page = await open(context, at("resident_safety", "ar"));
  net.mode = "down";
  await send(page);
  await page.getByRole("button", { name: "احفظوها على هذا الهاتف" }).waitFor();
  await picture(page, "no-signal-ar");
  await page.getByRole("button", { name: "احفظوها على هذا الهاتف" }).click();
  await says(page, "محفوظ على هذا الهاتف");
  is((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, "not wider than the phone");
  await picture(page, "kept-ar");
  net.mode = "up";
  await page.goto(`${at("resident_safety", "ar")}/waiting`);
  await says(page, "وصل: 1");
  await picture(page, "arrived-ar");
}));

await test("axe finds nothing where a form waits", () => fresh(async (context) => {
  for (const [name, lang] of [["pulse2", "nl"], ["resident_safety", "ar"]]) {
    const page = await open(context, at(name, lang));
    net.mode = "down";
    await send(page);
    await page.locator(".note[tabindex] button.go").waitFor();
    await clean(page, `no signal, ${lang}`);
    await page.locator(".note[tabindex] button.go").click();
    await page.locator("main section.note button.go").waitFor();
    await clean(page, `kept, ${lang}`);
    net.mode = "up";
    await page.goto(`${at(name, lang)}/waiting`);
    await page.locator("section.note button").first().waitFor();
    await clean(page, `arrived, ${lang}`);
    await page.close();
  }
  const page = await open(context, at("walk_audit"));
  await page.getByText("Ja, bewaar dit formulier op deze telefoon").click();
  await page.getByText("Verberg een onafgewerkt formulier").click();
  await page.locator("input[type=password]").waitFor();
  await clean(page, "a walk that may wait");
}));

await test("a clock that is a year wrong and a browser that restarts lose nothing", async () => {
  const before = await received("pulse2");
  const profile = mkdtempSync(join(tmpdir(), "miradouro-phone-"));
  const restart = () => chromium.launchPersistentContext(profile, { ...phone, locale: "nl", executablePath: chromiumPath, args: flags });
  let context = await restart();
  try {
    let page = await context.newPage();
    await page.clock.setFixedTime(new Date("2025-11-22T12:00:00Z"));
    await page.goto(at("pulse2"));
    await ready(page);
    await tick(page, "q1", "safe");
    net.mode = "down";
    await send(page);
    await page.getByRole("button", { name: KEEP }).click();
    await says(page, KEPT);
    await context.close();
    net.mode = "up";
    context = await restart();
    page = await context.newPage();
    await page.clock.setFixedTime(new Date("2027-12-22T12:00:00Z"));
    await page.goto(at("pulse2"));
    await ready(page);
    await until(page, async () => (await outbox.all()).every(({ state }) => state === "arrived"));
    is((await received("pulse2")) === before + 1, "once");
  } finally {
    net.mode = "up";
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

for (const [what, script] of [
  ["will not keep anything", () => { IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); }; }],
  ["is full", () => { IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; }],
]) {
  await test(`a phone that ${what} says so, and the answers stay on the screen`, () => fresh(async (context) => {
    await context.addInitScript(script);
    const before = await received("pulse2");
    const page = await context.newPage();
    await page.goto(at("pulse2"));
    await page.waitForFunction(() => globalThis.outbox && document.querySelector("form details summary"));
    await tick(page, "q1", "safe");
    net.mode = "down";
    await send(page);
    await page.getByRole("button", { name: KEEP }).click();
    await says(page, "Deze telefoon kan ze niet bewaren.");
    is(await page.locator("input[name=q1][value=safe]").isChecked(), "the answer is still there");
    net.mode = "up";
    await online(page);
    await gone(page);
    is((await received("pulse2")) === before + 1, "and then it leaves");
  }));
}

await test("what the server cannot take comes back with its sentence, is mended and arrives", () => fresh(async (context) => {
  const before = await received("resident_safety");
  const page = await open(context, at("resident_safety"));
  for (const code of ["p01", "p02", "p03", "p04"]) {
    await tick(page, code, "small");
    await tick(page, "p_top", code);
  }
  net.mode = "down";
  await send(page);
  await page.getByRole("button", { name: KEEP }).click();
  await says(page, KEPT);
  net.mode = "up";
  await online(page);
  await says(page, "Heeft u nodig: 1");
  await picture(page, "came-back-nl");
  await page.getByText("Openen en verbeteren").click();
  await page.waitForURL(/mend=/);
  await ready(page);
  await page.locator("#p_top.err").waitFor({ state: "attached" });
  is(await page.locator("input[name=p_top][value=p04]").isChecked(), "everything is there");
  await page.evaluate(() => { document.querySelector("input[name=p_top][value=p04]").checked = false; });
  await send(page);
  await gone(page);
  is((await received("resident_safety")) === before + 1, "it arrived once");
  is((await sheets(page).catch(() => [])).every(({ state }) => state === "arrived"), "nothing waits");
}));

await test("a collection that closed meanwhile still takes a sheet that waited; a vote does not", () => fresh(async (context) => {
  for (const [name, taken] of [["feedback_youth", true], ["priority_ballot", false]]) {
    if (!addresses.has(name)) throw new Error(`the demonstration has no ${name}: ${[...addresses.keys()]}`);
    const before = await received(name);
    const page = await open(context, at(name));
    net.mode = "down";
    await send(page);
    await page.getByRole("button", { name: KEEP }).click();
    await says(page, KEPT);
    await close(name);
    net.mode = "up";
    await online(page);
    await until(page, async () => (await outbox.all()).every(({ state }) => state !== "waiting"));
    is((await received(name)) === before + Number(taken), `${name}: ${await received(name)}`);
    if (!taken) {
      await says(page, "of het is een stemming die voorbij is");
      await picture(page, "too-late-nl");
      is((await sheets(page)).some(({ state }) => state === "held"), "it stays on the phone");
    }
    await page.goto(at(name));
    await says(page, "Wachten er nog antwoorden");
    await page.close();
  }
}));

await test("a walk of twelve stops with photos in airplane mode arrives whole after a restart", async () => {
  const [before, pictures] = [await received("walk_audit"), await photos("walk_audit")];
  const profile = mkdtempSync(join(tmpdir(), "miradouro-walk-"));
  const restart = () => chromium.launchPersistentContext(profile, { ...phone, locale: "nl", executablePath: chromiumPath, args: flags });
  let context = await restart();
  try {
    let page = await open(context, at("walk_audit"));
    await picture(page, "walk-offer-nl", {});
    await page.getByText("Ja, bewaar dit formulier op deze telefoon").click();
    await says(page, "Dit formulier werkt nu ook zonder verbinding.");
    await picture(page, "walk-ready-nl", {});
    // The phone goes into a pocket before the walk begins: without a signal the form opens all the same.
    await context.setOffline(true);
    net.mode = "down";
    const served = await page.locator("input[name=_id]").inputValue();
    await page.goto(at("walk_audit"));
    await ready(page);
    is((await page.locator("input[name=_id]").inputValue()) !== served, "a form of its own");
    for (let stop = 0; stop < 12; stop += 1) {
      if (stop > 0) await page.locator("button[name=_add]").click();
      await page.locator(`select[name="stop.${stop}.s_place"]`).selectOption({ index: stop + 1 });
      await page.locator(`textarea[name="stop.${stop}.w_fix"]`).fill(`CANARY lamp ${stop}`);
      await page.locator(`input[type=file][name="stop.${stop}.w_photo"]`).setInputFiles({ name: "IMG.jpg", mimeType: "image/jpeg", buffer: await photograph(stop * 30) });
      await tick(page, `_clear.stop.${stop}.w_photo`, "yes");
    }
    // The tab dies on the way.
    await until(page, async () => {
      const draft = await outbox.get(`draft ${location.pathname}`);
      if (!draft) return false;
      const data = await new Response(draft.body, { headers: { "Content-Type": draft.type } }).formData();
      return [...data.values()].filter((value) => value instanceof File).length === 12;
    });
    await page.close();
    page = await open(context, at("walk_audit"));
    await page.waitForFunction(() => document.querySelectorAll("section.repeat").length === 12);
    is((await page.locator('textarea[name="stop.11.w_fix"]').inputValue()) === "CANARY lamp 11", "the words are back");
    is((await page.locator('input[type=file][name="stop.11.w_photo"]').evaluate((one) => one.files.length)) === 1, "the photo is back");
    await send(page);
    await says(page, KEPT);
    await picture(page, "walk-kept-nl");
    const [sheet] = (await sheets(page)).filter(({ state }) => state === "waiting");
    is(sheet.sealed, "it is sealed");
    const readable = await page.evaluate(async () => {
      const [{ body }] = (await outbox.all()).filter(({ state }) => state === "waiting");
      const text = new TextDecoder("latin1").decode(body);
      return ["CANARY", "w_photo", "JFIF"].filter((word) => text.includes(word)).concat((await outbox.all()).filter(({ state }) => state === "draft").map(({ id }) => id));
    });
    is(readable.length === 0, `a thief reads ${readable}`);
    await page.goto(`${at("walk_audit")}/waiting`);
    await says(page, "Wacht: 1");
    await picture(page, "waiting-nl");
    console.log(`walk_audit: 12 stops and 12 photos wait in ${sheet.bytes} bytes`);
    await context.close();
    net.mode = "up";
    context = await restart();
    page = await open(context, at("walk_audit"));
    await until(page, async () => (await outbox.all()).every(({ state }) => state !== "waiting"), 60);
    const left = (await sheets(page)).filter(({ state }) => state === "held");
    is(left.length === 0, JSON.stringify(left));
    is((await received("walk_audit")) === before + 1, "one response");
    is((await photos("walk_audit")) === pictures + 12, `${(await photos("walk_audit")) - pictures} photos`);
  } finally {
    net.mode = "up";
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

await test("a sheet leaves in the background when the signal returns, with no page open", () => fresh(async (context) => {
  const before = await received("walk_audit");
  const page = await open(context, at("walk_audit"));
  await page.getByText("Ja, bewaar dit formulier op deze telefoon").click();
  await says(page, "Dit formulier werkt nu ook zonder verbinding.");
  await page.locator('textarea[name="stop.0.w_fix"]').fill("een stoep");
  net.mode = "down";
  await send(page);
  await says(page, KEPT);
  const idle = await context.newPage();
  const wire = await context.newCDPSession(idle);
  const registered = new Promise((done) => {
    wire.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${near}/p/`);
      if (ours) done(ours.registrationId);
    });
  });
  await wire.send("ServiceWorker.enable");
  const registrationId = await registered;
  await page.close();
  net.mode = "up";
  await wire.send("ServiceWorker.dispatchSyncEvent", { origin: near, registrationId, tag: "miradouro", lastChance: false });
  for (let left = 50; left > 0 && (await received("walk_audit")) === before; left -= 1);
  is((await received("walk_audit")) === before + 1, "it arrived once");
}));

await test("a sealed sheet that came back is mended without opening it", () => fresh(async (context) => {
  const before = await received("walk_audit");
  const page = await open(context, at("walk_audit"));
  await page.getByText("Ja, bewaar dit formulier op deze telefoon").click();
  await says(page, "Dit formulier werkt nu ook zonder verbinding.");
  await page.locator('textarea[name="stop.0.w_fix"]').fill("Vraag het aan jan@voorbeeld.be");
  await page.locator("button[name=_add]").click();
  await page.locator('textarea[name="stop.1.w_fix"]').fill("een lamp");
  net.mode = "down";
  await send(page);
  await says(page, KEPT);
  net.mode = "up";
  await online(page);
  await says(page, "Heeft u nodig: 1");
  await page.getByText("Openen en verbeteren").click();
  await page.waitForURL(/mend=/);
  await ready(page);
  await says(page, "Alleen wat beter moet");
  is(await page.locator('textarea[name="stop.0.w_fix"]').isVisible(), "what is wrong is asked");
  is((await page.locator('textarea[name="stop.0.w_fix"]').inputValue()) === "", "and not shown");
  is(await page.locator('[id="stop.0.w_bad"]').isHidden(), "nothing else is asked");
  await picture(page, "mend-sealed-nl");
  await page.locator('textarea[name="stop.0.w_fix"]').fill("Vraag het aan de buren");
  await send(page);
  await gone(page);
  is((await received("walk_audit")) === before + 1, "it arrived once");
}));

await test("a PIN hides an unfinished walk from a passing look", () => fresh(async (context) => {
  let page = await open(context, at("walk_audit"));
  await page.getByText("Ja, bewaar dit formulier op deze telefoon").click();
  await page.getByText("Verberg een onafgewerkt formulier").click();
  await says(page, "Een pincode verbergt alleen het scherm");
  await page.locator("input[type=password]").fill("2468");
  await page.getByText("Gebruik deze pincode").click();
  await says(page, "Een pincode verbergt een onafgewerkt formulier.");
  await page.locator('textarea[name="stop.0.w_fix"]').fill("een bank");
  await until(page, async () => (await outbox.get(`draft ${location.pathname}`)) !== undefined);
  await page.close();
  net.mode = "down";
  page = await open(context, at("walk_audit"));
  await says(page, "Vergrendeld");
  is(await page.locator('textarea[name="stop.0.w_fix"]').isHidden(), "the form is out of sight");
  await picture(page, "pin-nl", {});
  await page.locator("input[type=password]").fill("1111");
  await page.getByRole("button", { name: "Openen" }).click();
  await says(page, "Dat is niet de pincode.");
  await page.locator("input[type=password]").fill("2468");
  await page.getByRole("button", { name: "Openen" }).click();
  await page.locator('textarea[name="stop.0.w_fix"]').waitFor();
  is((await page.locator('textarea[name="stop.0.w_fix"]').inputValue()) === "een bank", "and comes back");
}));

await test("a photo of forty megabytes becomes small; a file that is no photo says so and nothing is lost", () => fresh(async (context) => {
  const before = await photos("walk_audit");
  const page = await open(context, at("walk_audit"));
  await page.locator('textarea[name="stop.0.w_fix"]').fill("een hek");
  await tick(page, "_clear.stop.0.w_photo", "yes");
  const file = (buffer) => page.locator('input[type=file][name="stop.0.w_photo"]').setInputFiles({ name: "IMG.jpg", mimeType: "image/jpeg", buffer });
  await file(Buffer.alloc(1000, 7));
  await send(page);
  await page.locator('[id="stop.0.w_photo"].err').waitFor();
  await picture(page, "no-photo-nl", {});
  is((await page.locator('textarea[name="stop.0.w_fix"]').inputValue()) === "een hek", "the words are there");
  const large = await photograph(10, 4000, 3000);
  await file(Buffer.concat([large, Buffer.alloc(40 * 1024 * 1024)]));
  await send(page);
  await gone(page);
  is((await photos("walk_audit")) === before + 1, "the photo is there");
}));

await painter.close();
for (const page of Object.values(staff)) await page.context().close();
between.close();
await end();
