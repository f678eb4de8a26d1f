// What only a browser shows: the demonstration from a resident's phone to the wall.
// Usage: node run.mjs PROGRAM [ANSWERS.csv]. See lib.mjs for what it prints.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { demonstration, is, phone, picture, test } from "./lib.mjs";

const [program, answers] = process.argv.slice(2);
const rules = JSON.parse(readFileSync(new URL("../surveys/rules.json", import.meta.url), "utf8"));
const { addresses, browser, end } = await demonstration(program, answers);
const withScript = await browser.newContext({ ...phone, locale: "nl" });
const withoutScript = await browser.newContext({ ...phone, javaScriptEnabled: false, locale: "nl" });

await test("a questionnaire is answered on a phone without JavaScript", async () => {
  const page = await withoutScript.newPage();
  await page.goto(addresses.get("pulse2"));
  is((await page.locator("html").getAttribute("lang")) === "nl", "the browser's language is chosen");
  await picture(page, "phone-nl-pulse2");
  await page.locator("input[name=q1][value=safe]").check();
  await page.locator("textarea[name=q7]").fill("meer bankjes");
  await page.locator("button.go").click();
  is(page.url().endsWith("/thanks"), `thank-you page, not ${page.url()}`);
  await picture(page, "phone-nl-thanks");
});

await test("a tap on the map or the phone's position chooses a place, and is not sent", async () => {
  for (const lang of ["nl", "ar"]) {
    const here = { latitude: 51.6043, longitude: 2.7121, accuracy: 10 };
    const context = await browser.newContext({ ...phone, geolocation: here, permissions: ["geolocation"] });
    const page = await context.newPage();
    const sent = [];
    page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    await page.goto(`${addresses.get("community_map")}/${lang}`);
    const field = page.locator("[data-map]").first();
    const chosen = () => field.locator("select").inputValue();
    await field.locator("summary").click();
    await field.locator("svg").waitFor();
    await field.locator("svg").scrollIntoViewIfNeeded();
    const box = await field.locator("svg").boundingBox();
    await page.mouse.click(box.x + box.width * 0.83, box.y + box.height * 0.28);
    is((await chosen()) === "havenpark", `a tap in the park, not ${await chosen()}`);
    is((await field.locator("svg .on").count()) > 0, "the place is marked");
    await picture(page, `phone-${lang}-map`);
    const now = await field.locator("svg").boundingBox();
    await page.mouse.click(now.x + 3, now.y + 3);
    is((await chosen()) === "havenpark", "a tap outside changes nothing");
    const said = await field.locator("[role=status]").textContent();
    is(said === (await field.getAttribute("data-outside")), `it says why: ${said}`);
    await field.locator("button").click();
    await page.waitForFunction(() => document.querySelector("[data-map] select").value === "bareelstraat");
    await page.locator("button.go").click();
    await page.waitForURL(/thanks/);
    is(!sent.some((text) => text.includes("51.6") || text.includes("2.71")), "no point left the phone");
    await context.close();
  }
});

await test("no page is wider than the phone, from left to right or from right to left", async () => {
  for (const [name, lang] of [["resident_safety", "nl"], ["feedback_youth", "ar"], ["walk_audit", "fr"]]) {
    const context = await browser.newContext(phone);
    const page = await context.newPage();
    await page.goto(`${addresses.get(name)}/${lang}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    is(wide <= 390, `${name} in ${lang} is ${wide} pixels wide`);
    const dir = await page.locator("html").getAttribute("dir");
    is(dir === (lang === "ar" ? "rtl" : "ltr"), `${lang} is written ${dir}`);
    await picture(page, `phone-${lang}-${name}`);
    await context.close();
  }
});

await test("too many ticks are complained about beside the question, and nothing is lost", async () => {
  const page = await withoutScript.newPage();
  await page.goto(`${addresses.get("resident_safety")}/nl`);
  for (const code of ["p01", "p02", "p03", "p04"]) {
    await page.locator(`input[name=${code}][value=small]`).check();
    await page.locator(`input[name=p_top][value=${code}]`).check();
  }
  await page.locator("button.go").click();
  is(await page.locator("#p_top.err").isVisible(), "the complaint stands at the question");
  is(await page.locator("input[name=p_top][value=p04]").isChecked(), "the ticks are kept");
  await picture(page, "phone-nl-complaint");
});

await test("with a script, what is not asked is not seen, and comes back with its answer", async () => {
  const page = await withScript.newPage();
  await page.goto(`${addresses.get("resident_safety")}/nl`);
  // All at once, as without screens: this is about the rules.
  await page.locator("form").evaluate((form) => form.classList.remove("screens"));
  const asked = page.locator("#v2");
  is(await asked.isHidden(), "nobody is asked whom they told before they said what happened");
  await page.locator("input[name=v1][value=stolen]").check();
  is(await asked.isVisible(), "now they are");
  await page.locator("input[name=v2][value=nobody]").check();
  is(await page.locator("#v3").isVisible(), "and then what held them back");
  await page.locator("input[name=v1][value=nothing]").check();
  is(!(await page.locator("input[name=v1][value=stolen]").isChecked()), "nothing stands alone");
  is(await page.locator("#v3").isHidden(), "a question behind a hidden one is hidden too");
  await page.locator("input[name=v1][value=damaged]").check();
  is(await page.locator("input[name=v2][value=nobody]").isChecked(), "the answer is still there");
  await page.close();
});

await test("the browser reads every rule as the server does", async () => {
  const page = await withScript.newPage();
  await page.goto(`${addresses.get("resident_safety")}/nl`);
  const wrong = await page.evaluate(({ answers, holds, refused }) => {
    const found = holds.filter(([rule, expected]) => miradouro.holds(rule, answers) !== expected).map(([rule]) => rule);
    for (const rule of refused) {
      try { miradouro.holds(rule, answers); found.push(rule); } catch { /* as it should */ }
    }
    return found;
  }, rules);
  is(wrong.length === 0, `read otherwise: ${wrong.join(" | ")}`);
});

await test("the first load of the longest questionnaire is small", async () => {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  const seen = [];
  page.on("response", (response) => seen.push(response));
  await page.goto(`${addresses.get("resident_safety")}/nl`);
  const own = seen.filter((response) => response.status() === 200);
  const bodies = await Promise.all(own.map((response) => response.body()));
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  console.log(`resident_safety: ${own.length} requests, ${bytes} bytes gzipped`);
  is(own.length <= 3, `${own.length} requests`);
  is(bytes <= 14 * 1024, `${bytes} bytes`);
  await context.close();
});

const committee = await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: "nl" });
async function signIn(context, role) {
  const page = await context.newPage();
  await page.goto(addresses.get(role));
  await page.locator("button.go").click();
  is(page.url().endsWith("/home"), `${role} is at ${page.url()}`);
  return page;
}

await test("the coordinator releases the open collection", async () => {
  const page = await signIn(committee, "coordinator");
  await picture(page, "staff-home");
  await page.goto(new URL("/d/oude-haven", page.url()).href);
  await picture(page, "staff-diagnosis");
  await page.goto(new URL("/d/oude-haven/releases/new", page.url()).href);
  await page.locator("input[name=for][value=public]").check();
  await page.locator("button.go").click();
  is(/\/d\/oude-haven\/releases\/2$/.test(page.url()), `the second release, not ${page.url()}`);
  is((await page.locator("svg[role=img]").count()) > 0, "it has charts");
  await picture(page, "staff-release");
});

await test("two questions in Dutch and Arabic are made on a phone without JavaScript, and asked", async () => {
  const context = await browser.newContext({
    ...phone, javaScriptEnabled: false, locale: "nl", storageState: await committee.storageState() });
  const page = await context.newPage();
  const home = new URL("/d/oude-haven", addresses.get("coordinator")).href;
  const card = (id) => page.locator(`[id="${id}"]`);
  const open = async (id) => {
    if (!(await card(id).evaluate((one) => one.open))) await card(id).locator("> summary").click();
  };
  const save = (id) => card(id).locator("> form .tools button.go").click();
  const add = async (form, kind) => {
    const last = page.locator(form).last();
    await last.locator("select").selectOption(kind);
    await last.locator("button").click();
  };
  await page.goto(`${home}/instruments/new`);
  await picture(page, "phone-editor-begin");
  await page.locator("#title").fill("Onze straat");
  await page.locator("#language").selectOption("nl");
  await page.locator("form:has(#title) button.go").click();
  is(page.url().endsWith("/drafts/onze_straat"), `the draft, not ${page.url()}`);
  is((await page.locator("#lint").textContent()).includes("ontbreekt in: Nederlands"), "faults are said in Dutch");
  await add("form:has([name=new_language])", "ar");
  await page.locator(".langs a[lang=ar]").click();
  await open("sheet");
  const say = async (id, words) => {
    for (const [name, text] of Object.entries(words)) await card(id).locator(`[name="${name}"]`).fill(text);
    await save(id);
  };
  await say("sheet", { "title.ar": "شارعنا", "intro.nl": "Wij vragen dit.", "intro.ar": "نسأل هذا.",
    "outro.nl": "Dank u.", "outro.ar": "شكرًا." });
  await open("section.0");
  await say("section.0", { "title.nl": "De straat", "title.ar": "الشارع" });
  await add("form.add:has([name=sort])", "single");
  is(await card("section.0.question.0").evaluate((one) => one.open), "a new question stands open");
  await say("section.0.question.0", { "text.nl": "Hoe is het hier?", "text.ar": "كيف الحال هنا؟",
    "new.choices.0.nl": "goed", "new.choices.0.ar": "جيد", "new.choices.1.nl": "slecht", "new.choices.1.ar": "سيئ" });
  await picture(page, "phone-editor-question");
  await add("form.add:has([name=sort])", "text");
  await card("section.0.question.1").locator("[name=if_question]").selectOption("q1");
  await say("section.0.question.1", { "text.nl": "Waarom?", "text.ar": "لماذا؟" });
  await page.locator('[name=if_code][value="q1=slecht"]').check();
  await save("section.0.question.1");
  is((await page.locator("#lint").textContent()).includes("Er is niets mis"), await page.locator("#lint").textContent());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  is(wide <= 390, `the editor is ${wide} pixels wide on a phone`);
  await page.locator(".top a.go").click();
  await page.locator("form[action$='/publish'] button.go").click();
  is(page.url().endsWith("/instruments/onze_straat"), `published, not ${page.url()}`);
  await page.goto(`${home}/collections/new`);
  await page.locator("input[name=instrument][value=onze_straat]").check();
  await page.locator("[name=title]").fill("In de straat");
  await page.locator("[name=asked_by]").fill("Buurthuis De Sluis");
  await page.locator("input[name=sampling][value=self_selected]").check();
  await page.locator("input[name=presence][value=nobody]").check();
  for (const tick of await page.locator("input[name=languages]").all()) {
    await tick.setChecked(["nl", "ar"].includes(await tick.getAttribute("value")));
  }
  await page.locator("button.go").click();
  await page.locator("form[action$='/open'] button").click();
  const door = await page.locator(".address").first().textContent();
  await page.goto(`${door.trim()}/ar`);
  is((await page.locator("html").getAttribute("dir")) === "rtl", "it is asked in Arabic");
  await page.locator("input[name=q1][value=slecht]").check();
  await page.locator("textarea[name=q2]").fill("الطريق مظلم");
  await page.locator("button.go").click();
  is(page.url().endsWith("/ar/thanks"), `thank-you page, not ${page.url()}`);
  await context.close();
});

await test("what is typed while the connection is down is kept, and sent when it is back", async () => {
  const page = await committee.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.goto(new URL("/d/oude-haven/instruments/pulse2", addresses.get("coordinator")).href);
  await page.locator("form button.go").click();
  const status = page.locator("#status");
  const first = page.locator('[id="section.0.question.0"]');
  await first.locator("> summary").click();
  await picture(page, "staff-editor");
  await committee.setOffline(true);
  await first.locator('[name="hint.nl"]').fill("Denk aan vandaag.");
  const second = page.locator('[id="section.0.question.1"]');
  await second.locator("> summary").click();
  await second.locator('[name="hint.nl"]').fill("Denk aan gisteravond.");
  await page.locator("h1").click();
  await status.and(page.locator(".kept")).waitFor();
  await picture(page, "staff-editor-offline");
  await committee.setOffline(false);
  await page.waitForFunction(() => localStorage.length === 0);
  await page.reload();
  is((await page.locator('[id="section.0.question.0"] [name="hint.nl"]').inputValue()) === "Denk aan vandaag.", "the first is saved");
  is((await page.locator('[id="section.0.question.1"] [name="hint.nl"]').inputValue()) === "Denk aan gisteravond.", "the second is saved");

  // The browser is closed while the words are still here; another day they are put back and sent.
  await committee.setOffline(true);
  await first.locator("> summary").click();
  await first.locator('[name="hint.nl"]').fill("Denk aan nu.");
  await page.locator("h1").click();
  await status.and(page.locator(".kept")).waitFor();
  await committee.setOffline(false);
  await page.evaluate(() => window.stop());
  await page.reload();
  await page.waitForFunction(() => localStorage.length === 0);
  const frame = page.frameLocator("#preview");
  await frame.getByText("Denk aan nu.").waitFor();

  // Answers and questions move with the keys, and the focus stays with them.
  await page.locator('[id="section.1.question.0"] > summary').click();
  const answer = page.locator('[name="choices.1.text.nl"]').first();
  const word = await answer.inputValue();
  await answer.press("Alt+ArrowUp");
  await page.waitForFunction((word) => document.querySelector('[name="choices.0.text.nl"]').value === word, word);

  // Somebody else saves meanwhile: both are shown, and one of them is chosen.
  const other = await committee.newPage();
  await other.goto(page.url());
  await other.locator('[id="section.0.question.1"] > summary').click();
  await other.locator('[id="section.0.question.1"] [name="text.nl"]').fill("Van iemand anders");
  await other.locator("h1").click();
  await other.waitForFunction(() => localStorage.length === 0);
  await page.locator('[id="section.0.question.1"] > summary').click();
  await page.locator('[id="section.0.question.1"] [name="text.nl"]').fill("Van mij");
  await page.locator("h1").click();
  await page.getByText("Van iemand anders").waitFor();
  is(await page.getByText("Van mij").isVisible(), "both are there");
  await picture(page, "staff-editor-conflict");
  await page.locator(".bar button.go").click();
  await page.waitForURL(/drafts\/pulse2\?/);
  await page.waitForFunction(() => localStorage.length === 0);
  const words = page.locator('[id="section.0.question.1"] [name="text.nl"]');
  is((await words.inputValue()) === "Van mij", "mine is there");
  await other.reload();
  await other.locator('[id="section.0.question.1"] > summary').click();
  await other.locator('[id="section.0.question.1"] [name="text.nl"]').fill("Nog iets anders");
  await other.locator("h1").click();
  await other.waitForFunction(() => localStorage.length === 0);
  await words.fill("Toch niet");
  await page.locator("h1").click();
  await page.getByText("Nog iets anders").waitFor();
  await page.locator(".bar button.skip").click();
  await page.waitForURL(/drafts\/pulse2$/);
  await page.waitForFunction(() => localStorage.length === 0);
  is((await words.inputValue()) === "Nog iets anders", "theirs is there, and mine does not come back");
  is(wrong.length === 0, wrong.join("\n"));
  await other.close();
  await page.close();
});

await test("a youth worker opens feedback on a phone, shows its code and closes it", async () => {
  const context = await browser.newContext({ ...phone, locale: "nl" });
  const page = await signIn(context, "facilitator");
  await page.goto(new URL("/d/oude-haven/activity", page.url()).href);
  await picture(page, "phone-activity-new");
  await page.locator("input[name=title]").fill("Voetbal op het plein");
  await page.locator("button.go").click();
  is((await page.locator("svg").count()) > 0, `there is a code at ${page.url()}`);
  await picture(page, "phone-activity-qr");
  await page.locator("form[action$='/close'] button").first().click();
  await picture(page, "phone-activity-closed");
  await context.close();
});

await test("a poster and its page open", async () => {
  const page = await withoutScript.newPage();
  const poster = addresses.get("poster-3");
  const pdf = await page.request.get(poster);
  is(pdf.headers()["content-type"] === "application/pdf", "it is a PDF");
  is((await pdf.body()).subarray(0, 5).toString() === "%PDF-", "it begins like one");
  await page.goto(poster.replace("/poster.pdf", ""));
  is((await page.locator("svg[role=img]").count()) > 0, "the page has the chart");
  is(await page.getByRole("note").isVisible(), "it says that it is invented");
  await picture(page, "phone-nl-station-3");
  await page.locator("input[name=verdict][value=fits]").check();
  await page.locator("textarea[name=said]").fill("Dit klopt voor de tunnel.");
  await page.locator("button.go").click();
  is((await page.locator("h1").textContent()).length > 0, "a thank-you page");
});

await test("the projector turns with the arrow keys", async () => {
  const page = await committee.newPage();
  await page.goto(addresses.get("projector"));
  const shows = (n) => page.waitForFunction((n) => document.querySelector(".number b")?.textContent === n, String(n));
  await picture(page, "projector-1");
  for (let n = 2; n <= 9; n += 1) {
    await page.keyboard.press("ArrowRight");
    await shows(n);
    await picture(page, `projector-${n}`);
  }
  await page.keyboard.press("b");
  await page.locator(".curtain").waitFor();
  await page.keyboard.press("b");
  await page.locator(".figures").waitFor();
});

await test("nothing broke a page's own rules", async () => {
  const page = await committee.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  for (const name of ["data-walk", "projector", "feedback_youth"]) {
    await page.goto(addresses.get(name));
  }
  is(wrong.length === 0, wrong.join("\n"));
});

await end();
