// The form page, for everybody: its weight, axe on every instrument in every language, and whole
// answers by keyboard, without scripts and at 200 % zoom.
// Usage: node pages.mjs PROGRAM [--all] [--only WORDS]. With --all every instrument is answered in
// every way and axe looks at every screen; --only takes the tests whose names match.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { demonstration, is, phone, picture, test } from "./lib.mjs";

const [program, ...rest] = process.argv.slice(2);
const all = rest.includes("--all");
const only = rest.includes("--only") ? rest[rest.indexOf("--only") + 1] : "";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { addresses, browser, end } = await demonstration(program);
const forms = [...addresses].filter(([, address]) => new URL(address).pathname.startsWith("/p/"));
const some = (name, body) => (name.match(only) ? test(name, body) : undefined);
const wide = { viewport: { width: 1280, height: 900 } };

// The languages a form is offered in.
async function languages(page) {
  const others = await page.locator("nav [lang]").evaluateAll((all) => all.map((one) => one.lang));
  return [await page.locator("html").getAttribute("lang"), ...others].sort();
}

// What axe finds, as sentences.
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

// What can be pressed and is smaller than a fingertip.
const small = (page) => page.evaluate(() => {
  const targets = document.querySelectorAll("button:not(.unseen),label:has(input[type=radio],input[type=checkbox])," +
    "select,textarea,input:not([type=hidden],[type=radio],[type=checkbox]),summary,nav a,footer a,.leave,.sum a");
  return [...targets].filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${Math.round(box.width)} by ${Math.round(box.height)}`);
});

const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
const settled = (page) => page.locator(".aids").waitFor({ state: "attached" });
const isOpen = (page) => page.locator("form.end").count();

// A phone four times slower than this machine, with 1.6 Mbit/s.
async function slowLoad(address) {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  const slow = await context.newCDPSession(page);
  await slow.send("Network.enable");
  await slow.send("Network.emulateNetworkConditions", {
    offline: false, latency: 0, downloadThroughput: 200_000, uploadThroughput: 200_000 });
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const done = [];
  page.on("requestfinished", (request) => done.push(request));
  await page.goto(address, { waitUntil: "load" });
  const first = await page.evaluate(() => {
    const [{ loadEventStart }] = performance.getEntriesByType("navigation");
    const files = performance.getEntriesByType("resource").filter((one) => one.startTime < loadEventStart);
    return [location.href, ...files.map((one) => one.name)].filter((one) => one.startsWith("http"));
  });
  const sizes = await Promise.all(done.filter((one) => first.includes(one.url())).map((one) => one.sizes()));
  const paint = await page.evaluate(async () => {
    const seen = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    for (let turn = 0; turn < 200 && !seen(); turn += 1) await new Promise((go) => { setTimeout(go, 20); });
    return seen();
  });
  await context.close();
  return { requests: first.length, bytes: sizes.reduce((sum, size) => sum + size.responseBodySize, 0), paint };
}

const table = [];
for (const [name, address] of forms) {
  await some(`axe finds nothing on ${name}, and everything can be pressed`, async () => {
    const wrong = [];
    // The page as it is without a script; axe itself needs one, so ours is only left out.
    const bare = await browser.newContext({ ...phone, deviceScaleFactor: 1 });
    await bare.route(/form\.js/, (route) => route.abort());
    const scripted = await browser.newContext({ ...phone, deviceScaleFactor: 1 });
    const page = await bare.newPage(), screen = await scripted.newPage();
    await page.goto(`${address}/en`);
    for (const lang of await languages(page)) {
      const load = await slowLoad(`${address}/${lang}`);
      const found = [];
      const look = async (where, at) => {
        found.push(...(await findings(at)).map((one) => `${where}: ${one}`));
        wrong.push(...(await small(at)).map((one) => `${lang}, ${where}: ${one}`));
        if (await tooWide(at)) wrong.push(`${lang}, ${where} is too wide`);
      };
      await page.goto(`${address}/${lang}`);
      for (const size of [phone, wide]) {
        await page.setViewportSize(size.viewport);
        await look(`${size.viewport.width} without a script`, page);
      }
      await screen.setViewportSize(phone.viewport);
      await screen.goto(`${address}/${lang}`);
      await settled(screen);
      await look("first screen", screen);
      const go = screen.locator(".step .go");
      for (let turn = 0; await go.count() && !(await isOpen(screen)); turn += 1) {
        is(turn < 100, "the screens have an end");
        const gate = screen.locator("[data-gate]:not(.off) input").first();
        if (await gate.count()) await gate.check();
        await go.click();
        if (all || turn === 0 || await isOpen(screen)) await look(`screen ${turn + 1}`, screen);
      }
      table.push([name, lang, load.bytes, load.requests, load.paint?.toFixed(0), found.length]);
      wrong.push(...found.map((one) => `${lang}, ${one}`));
      if (load.requests > 3) wrong.push(`${lang}: ${load.requests} requests`);
      if (load.bytes > 14 * 1024) wrong.push(`${lang}: ${load.bytes} bytes`);
    }
    await bare.close();
    await scripted.close();
    is(wrong.length === 0, [...new Set(wrong)].join("\n"));
  });
}

await some("axe finds nothing on the pages around a form", async () => {
  const context = await browser.newContext({ ...phone, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const wrong = [];
  for (const name of ["resident_safety", "walk_audit", "committee_candidate"]) {
    for (const lang of ["en", "nl", "fr", "de", "pt", "tr", "ar"]) {
      for (const last of ["privacy", "accessibility", "thanks"]) {
        await page.goto(`${addresses.get(name)}/${lang}/${last}`);
        is((await page.locator("html").getAttribute("lang")) === lang, `${last} is in ${lang}`);
        wrong.push(...(await findings(page)).map((one) => `${name} ${lang} ${last}: ${one}`));
        wrong.push(...(await small(page)).map((one) => `${name} ${lang} ${last}: ${one}`));
        if (await tooWide(page)) wrong.push(`${name} ${lang} ${last} is too wide`);
        if (name === "resident_safety" && ["nl", "ar"].includes(lang)) await picture(page, `page-${lang}-${last}`);
      }
    }
  }
  await context.close();
  is(wrong.length === 0, wrong.join("\n"));
});

// Answers what has the focus, with keys alone; nothing that is filled in already.
async function key(page) {
  const at = await page.evaluate(() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const among = it.name ? [...document.getElementsByName(it.name)] : [];
    const covered = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
    return { tag: it.tagName, type: it.type, name: it.name ?? "", text: it.textContent.slice(0, 40), go: it.matches(".step .go,.send .go"),
      sends: it.matches(".send .go"), empty: !among.some((one) => one.checked), place: Number(it.name?.match(/\.(\d)$/)?.[1] ?? 1),
      seen: !covered || it.contains(covered) || covered.contains(it) || it.closest("label")?.contains(covered),
      ours: !it.closest(".keep,.found,.done") };
  });
  if (!at.ours) return at;
  if (["radio", "checkbox"].includes(at.type) && at.empty && !at.name.startsWith("_clear.")) await page.keyboard.press("Space");
  if (at.tag === "TEXTAREA") await page.keyboard.type("meer bankjes");
  if (at.tag === "SELECT") for (let turn = 0; turn < at.place; turn += 1) await page.keyboard.press("ArrowDown");
  return at;
}

async function byKeyboard(name, lang) {
  const context = await browser.newContext({ ...phone, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(`${addresses.get(name)}/${lang}`);
  await settled(page);
  const hidden = [];
  for (let turn = 0; turn < 3000 && !page.url().endsWith("/thanks"); turn += 1) {
    await page.keyboard.press("Tab");
    const at = await key(page);
    if (!at.seen) hidden.push(at.text || at.name);
    if (!at.go) continue;
    const before = await page.locator("[name=_at]").inputValue();
    await page.keyboard.press("Enter");
    if (at.sends) {
      await page.waitForURL(/thanks/);
    } else if (await page.locator("form.screens").count()) {
      is((await page.locator("[name=_at]").inputValue()) !== before, `${at.text} goes on from ${before}`);
      is(await page.evaluate(() => ["LEGEND", "H1", "H2", "H3"].includes(document.activeElement.tagName)), "the focus is at the heading");
    }
  }
  is(page.url().endsWith("/thanks"), `thank-you page, not ${page.url()}`);
  is(hidden.length === 0, `what has the focus is covered: ${hidden.join(", ")}`);
  await context.close();
}

// Fills in what is on the page with clicks; one tick a question.
async function fill(page) {
  const names = await page.locator("main input[type=radio],main input[type=checkbox]").evaluateAll((all) =>
    [...new Set(all.filter((it) => it.checkVisibility() && !it.closest(".keep")).map((it) => it.name))]);
  for (const name of names.filter((name) => !name.startsWith("_clear."))) {
    await page.locator(`[name="${name}"]:is([type=radio],[type=checkbox])`).first().check();
  }
  for (const text of await page.locator("textarea >> visible=true").all()) await text.fill("meer bankjes");
}

async function byHand(name, lang, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${addresses.get(name)}/${lang}`);
  if (options.javaScriptEnabled !== false) await settled(page);
  for (let turn = 0; turn < 100; turn += 1) {
    await fill(page);
    is(!(await tooWide(page)), `${name} in ${lang} is too wide`);
    const go = page.locator(".step .go >> visible=true");
    if (!(await go.count())) break;
    await go.click();
  }
  await page.locator(".send .go").click();
  await page.waitForURL(/thanks/);
  await context.close();
}

// At 200 % a window of 1280 by 800 is half as wide for the page.
const zoomed = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
const chosen = all ? forms.map(([name]) => name) : ["pulse2", "feedback_youth", "walk_audit"];
for (const name of chosen) {
  for (const lang of ["en", "ar"]) {
    await some(`${name} in ${lang} is answered with the keyboard alone`, () => byKeyboard(name, lang));
    await some(`${name} in ${lang} is answered without JavaScript`, () => byHand(name, lang, { ...phone, javaScriptEnabled: false }));
    await some(`${name} in ${lang} is answered at 200 % zoom`, () => byHand(name, lang, zoomed));
  }
}

await some("no page is wider than 320 pixels, with letters twice as large", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  const page = await context.newPage();
  for (const [name, address] of forms) {
    for (const lang of ["nl", "ar"]) {
      await page.goto(`${address}/${lang}`);
      is(!(await tooWide(page)), `${name} in ${lang}`);
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      is(!(await tooWide(page)), `${name} in ${lang} with larger letters`);
    }
  }
  await context.close();
});

if (table.length) {
  console.log("instrument | language | bytes | requests | first paint (ms, CPU/4, 1.6 Mbit/s) | axe");
  for (const row of table) console.log(row.join(" | "));
}
await import("./screens.mjs").then((file) => file.screens({ addresses, browser, some }));
await end();
