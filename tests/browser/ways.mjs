// The ways in, in a real browser: a code in the part of the address that no server sees, one code on
// two phones, and a tablet that is passed from hand to hand. Time is the browser's own and is moved
// by hand: nobody waits.
// Usage: node ways.mjs PROGRAM
import { demonstration, is, phone, picture, test } from "./lib.mjs";

const { addresses, browser, end } = await demonstration(process.argv[2]);
const home = new URL("/d/oude-haven", addresses.get("coordinator")).href;
const tablet = { viewport: { width: 1024, height: 768 }, hasTouch: true };

const staff = await browser.newContext({ viewport: { width: 1024, height: 900 }, locale: "nl" });
const desk = await staff.newPage();
await desk.goto(addresses.get("coordinator"));
await desk.locator("button.go").click();

// The page of the open pulse's doors.
const pulse = addresses.get("pulse2").split("/p/")[1];
await desk.goto(home);
let doors;
for (const address of await desk.locator("a[href*='/collections/']").evaluateAll((all) => all.map((one) => one.href))) {
  if (!/collections\/[0-9a-f]{32}$/.test(address)) continue;
  await desk.goto(address);
  if ((await desk.content()).includes(`/p/${pulse}`)) doors = `${address}/doors`;
}

// Adds a door and gives its address.
async function door(mode, codes) {
  await desk.goto(doors);
  await desk.locator(`input[name=mode][value=${mode}]`).check();
  await desk.locator(`input[name=codes][value=${codes}]`).check();
  await desk.locator("form[action$='/doors'] button.go").click();
  const letters = new URL(desk.url()).hash.slice(1);
  is(letters.length > 0, `a door was added, not ${desk.url()}`);
  return new URL(`/p/${letters}`, desk.url()).href;
}

// Makes cards and reads their codes from the file, as somebody with the cards in hand would.
async function cards(count, pages = 8) {
  await desk.goto(doors);
  const action = await desk.locator("form[action$='/cards']").evaluate((form) => form.action);
  const answer = await desk.request.post(action, {
    headers: { origin: new URL(action).origin },
    form: { count, size: pages, languages: "nl" },
  });
  is(answer.headers()["content-type"] === "application/pdf", `cards are a PDF, not ${answer.status()}`);
  const { execFileSync } = await import("node:child_process");
  const text = execFileSync("pdftotext", ["-layout", "-", "-"], { input: await answer.body() }).toString();
  return text.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\b/g);
}

// On to the screen where this can be filled in, and on to the end: a phone shows one question at a time.
async function until(page, field) {
  for (let step = 0; step < 60 && !(await page.locator(field).first().isVisible()); step += 1) {
    await page.locator(".step .go").click();
  }
}
async function send(page) {
  await until(page, ".send button.go");
  await page.locator(".send button.go").click();
}

let coded, codes;
await test("a coordinator adds doors and prints cards; each card has a code of its own", async () => {
  coded = await door("own", "yes");
  codes = await cards(12);
  is(new Set(codes).size === 12, `${codes?.length} codes`);
  await desk.goto(doors);
  is((await desk.locator(".stand").textContent()).includes("12 gemaakt"), "the page counts them");
  const wide = await desk.evaluate(() => document.documentElement.scrollWidth);
  is(wide <= 1024, `${wide} pixels wide`);
  await picture(desk, "tablet-nl-doors");
  await desk.setViewportSize({ width: 390, height: 844 });
  const narrow = await desk.evaluate(() => document.documentElement.scrollWidth);
  is(narrow <= 390, `${narrow} pixels wide on a phone`);
  await picture(desk, "phone-nl-doors");
  await desk.setViewportSize({ width: 1024, height: 900 });
});

await test("a scanned card fills its code in, and no server and no address bar keeps it", async () => {
  for (const lang of ["nl", "ar"]) {
    const context = await browser.newContext({ ...phone, locale: lang });
    const page = await context.newPage();
    const seen = [];
    page.on("request", (request) => { if (request.method() === "GET") seen.push(request.url()); });
    const card = codes.pop();
    await page.goto(`${coded}#${card.replaceAll("-", "")}`);
    is((await page.locator("input[name=_code]").inputValue()) === card, "the code is in its field");
    is(!page.url().includes("#"), `and out of the address: ${page.url()}`);
    is(!seen.some((url) => url.replace(/#.*/, "").includes(card.slice(0, 4))), "no server saw it");
    await picture(page, `phone-${lang}-code`);
    await until(page, "input[name=q1]");
    await page.locator("input[name=q1]").first().check();
    await send(page);
    await page.waitForURL(/thanks/);
    await context.close();
  }
});

await test("one code on two phones: one is counted, the other keeps its answers", async () => {
  const card = codes.pop();
  const phones = [];
  for (const javaScriptEnabled of [false, false]) {
    const context = await browser.newContext({ ...phone, locale: "nl", javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(coded);
    await page.locator("input[name=_code]").fill(card.toLowerCase());
    await page.locator("input[name=q1][value=safe]").check();
    await page.locator("textarea[name=q7]").fill("meer bankjes");
    phones.push(page);
  }
  await Promise.all(phones.map((page) => Promise.all([
    page.waitForLoadState("load"), page.locator("main button.go").last().click()])));
  const thanked = phones.filter((page) => page.url().endsWith("/thanks"));
  is(thanked.length === 1, `${thanked.length} were counted`);
  const other = phones.find((page) => !page.url().endsWith("/thanks"));
  is(await other.locator("#_code.err").isVisible(), "the other is told why");
  is((await other.locator("textarea[name=q7]").inputValue()) === "meer bankjes", "nothing is lost");
  await picture(other, "phone-nl-code-spent");
  await other.locator("input[name=_code]").fill(codes.pop());
  await other.locator("main button.go").last().click();
  is(other.url().endsWith("/thanks"), "with another card it counts");
  for (const page of phones) await page.context().close();
});

await test("letters are typed however they are read, and a door that is over says so", async () => {
  const context = await browser.newContext({ ...phone, locale: "ar", javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(new URL("/p", coded).href);
  await picture(page, "phone-ar-letters");
  await page.locator("#door").fill(coded.split("/p/")[1].toUpperCase().replace(/(....)/, "$1 "));
  await page.locator("button.go").click();
  is(page.url().startsWith(coded), `the door, not ${page.url()}`);
  const gone = await door("own", "no");
  await desk.locator(`[id="${gone.split("/p/")[1]}"] button[value=shut]`).click();
  await page.goto(gone);
  is((await page.locator("html").getAttribute("dir")) === "rtl", "in the reader's language");
  is((await page.locator("a[href='/p']").count()) === 1, "and where to go");
  await picture(page, "phone-ar-over");
  await context.close();
});

let kiosk;
await test("a tablet becomes a kiosk, and whoever set it up is signed out on it", async () => {
  kiosk = await door("kiosk", "no");
  const context = await browser.newContext({ ...tablet, locale: "nl", storageState: await staff.storageState() });
  const own = await context.newPage();
  // A sign-in of its own, so that the coordinator's stays.
  await own.goto(addresses.get("facilitator"));
  await own.locator("button.go").click();
  await own.goto(doors);
  await own.locator("form[action$='/kiosk'] button").click();
  is(own.url() === kiosk, `the start screen, not ${own.url()}`);
  await picture(own, "tablet-kiosk-start");
  await own.goto(doors);
  is(own.url().endsWith("/sign-in"), `nobody is signed in: ${own.url()}`);
  await context.close();
});

await test("a kiosk without JavaScript says that it needs it, and takes nothing", async () => {
  const context = await browser.newContext({ ...tablet, locale: "nl", javaScriptEnabled: false });
  const page = await context.newPage();
  for (const address of [kiosk, `${kiosk}/nl`]) {
    await page.goto(address);
    is(await page.locator(".kiosk-needs").first().isVisible(), "it says so");
    is(!(await page.locator("input[name=q1], .kiosk-start a").first().isVisible()), "nothing to fill in");
  }
  await context.close();
});

// A fresh person at the kiosk, with time in our hands.
async function person(lang, size = tablet) {
  const context = await browser.newContext({ ...size, locale: "nl" });
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.clock.install();
  await page.goto(kiosk);
  await page.locator(`a[lang=${lang}]`).click();
  await page.waitForURL(`${kiosk}/${lang}`);
  await until(page, "input[name=q1]");
  return { context, page, wrong };
}

await test("whoever leaves is asked after a minute, and then everything is wiped", async () => {
  for (const [lang, size, name] of [["nl", tablet, "tablet"], ["ar", phone, "phone"]]) {
    const { context, page, wrong } = await person(lang, size);
    await picture(page, `${name}-${lang}-kiosk-form`, {});
    await page.locator("input[name=q1]").first().check();
    await page.clock.fastForward(59_000);
    const still = page.locator("#kiosk-still");
    is(!(await still.isVisible()), "a minute has not passed");
    await page.clock.fastForward(3_000);
    await still.waitFor();
    is(/8/.test(await still.locator("[role=timer]").textContent()), await still.textContent());
    await picture(page, `${name}-${lang}-kiosk-still`, {});
    await still.locator("[data-stay]").click();
    is(!(await still.isVisible()), "whoever is still there goes on");
    is(await page.locator("input[name=q1]").first().isChecked(), "with their answers");
    await page.clock.fastForward(62_000);
    await still.waitFor();
    await page.clock.fastForward(9_000);
    await page.waitForURL(kiosk);
    await page.goBack().catch(() => {});
    is((await page.locator("input:checked").count()) === 0, "no way back into the answers");
    is(wrong.length === 0, wrong.join("\n"));
    await context.close();
  }
});

await test("after sending, the next person begins, and the back button shows nobody's answers", async () => {
  const { context, page, wrong } = await person("nl");
  const said = "een geheim dat niemand leest";
  await page.locator("input[name=q1][value=safe]").check();
  await until(page, "textarea[name=q7]");
  await page.locator("textarea[name=q7]").fill(said);
  await send(page);
  await page.waitForURL(/\/nl\/thanks$/);
  await picture(page, "tablet-nl-kiosk-thanks", {});
  const timer = page.locator("[role=timer]");
  is(/15/.test(await timer.textContent()), await timer.textContent());
  await page.clock.fastForward(10_000);
  await page.locator("h1").click();
  await page.clock.fastForward(10_000);
  is(page.url().endsWith("/thanks"), "whoever reads on may stay");
  await page.clock.fastForward(6_000);
  await page.waitForURL(kiosk);
  for (let step = 0; step < 4; step += 1) {
    await page.goBack({ timeout: 3000 }).catch(() => {});
    await page.waitForLoadState("load");
    const text = await page.content();
    is(!text.includes(said), `going back ${step + 1} times shows nothing: ${page.url()}`);
    is((await page.locator("input:checked").count()) === 0, "nor what was ticked");
    is(!(await page.locator("textarea").evaluateAll((all) => all.some((one) => one.value))), "nor words");
  }
  is(wrong.length === 0, wrong.join("\n"));
  await context.close();

  const next = await person("nl");
  await send(next.page);
  await next.page.waitForURL(/thanks$/);
  await next.page.locator("[data-next]").click();
  await next.page.waitForURL(kiosk);
  is((await next.page.evaluate(() => Object.keys(localStorage).length)) === 0, "nothing lies on the tablet");
  await next.context.close();
});

await test("a kiosk that loses the net keeps the answers on the screen and says so", async () => {
  const { context, page } = await person("nl");
  await page.locator("input[name=q1][value=safe]").check();
  await context.setOffline(true);
  await send(page);
  await page.locator("#kiosk-not-sent").waitFor();
  is((await page.locator("input[name=q1][value=safe]:checked").count()) === 1, "the answers are there");
  await picture(page, "tablet-nl-kiosk-not-sent", {});
  await context.setOffline(false);
  await send(page);
  await page.waitForURL(/thanks$/);
  await context.close();
});

await test("a room scans one code and sees how many are done, never an answer", async () => {
  const assisted = await door("assisted", "no");
  await desk.setViewportSize({ width: 1280, height: 800 });
  await desk.clock.install();
  await desk.goto(doors.replace(/doors$/, "room"));
  is((await desk.locator(".letters").textContent()).replace("-", "").endsWith(assisted.split("/p/")[1]), "its address");
  is((await desk.locator("#done").textContent()) === "0", "nobody yet");
  const context = await browser.newContext({ ...phone, locale: "nl", javaScriptEnabled: false });
  for (let person = 0; person < 2; person += 1) {
    const page = await context.newPage();
    await page.goto(assisted);
    await page.locator("main button.go").last().click();
  }
  await desk.clock.fastForward(4_000);
  await desk.locator("#done", { hasText: /^2$/ }).waitFor();
  await picture(desk, "wide-nl-room", {});
  await desk.setViewportSize({ width: 390, height: 844 });
  const wide = await desk.evaluate(() => document.documentElement.scrollWidth);
  is(wide <= 390, `${wide} pixels wide on a phone`);
  await picture(desk, "phone-nl-room");
  await context.close();
});

await end();
