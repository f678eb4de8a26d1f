// Typing sheets in with the keyboard alone: from the printer to the second sheet.
// Usage: node paper.mjs PROGRAM
import { spawnSync } from "node:child_process";
import { demonstration, is, picture, test } from "./lib.mjs";

const { addresses, browser, end } = await demonstration(process.argv[2]);
const desk = { viewport: { width: 1280, height: 800 }, locale: "en" };
const context = await browser.newContext(desk);
const page = await context.newPage();
await page.goto(addresses.get("coordinator"));
await page.locator("button.go").click();
await page.waitForURL(/home|\/d\//);
const collections = await (async () => {
  await page.goto(new URL("/d/oude-haven", page.url()).href);
  return page.locator("a[href*='/collections/']").evaluateAll((all) => all.map((one) => [one.textContent, one.href]));
})();
const of = (words) => collections.find(([name]) => name.includes(words))?.[1];

// Prints sheets and gives their numbers.
async function printed(collection, copies, lang) {
  const address = `${collection}/paper`;
  const headers = { origin: new URL(address).origin, "sec-fetch-site": "same-origin" };
  const answer = await context.request.post(address, { headers, form: { lang, copies: String(copies), size: "normal" } });
  is(answer.ok(), `printing said ${answer.status()}`);
  const { stdout } = spawnSync("pdftotext", ["-layout", "-", "-"], { input: await answer.body() });
  return [...new Set(stdout.toString().match(/\b[A-Y]{2} \d{3} \d{3} [A-Y]\b/g))];
}

async function begin(collection, number) {
  await page.goto(`${collection}/keyin`);
  await page.waitForFunction(() => document.activeElement.id === "sheet");
  await page.keyboard.type(number.toLowerCase());
  await page.keyboard.press("Enter");
  await page.locator("form.keyin").waitFor();
}
const asked = () => page.locator(".step.now label").textContent();
const answer = async (keys) => {
  await page.keyboard.type(keys);
  await page.keyboard.press("Enter");
};

await test("a sheet is typed with two keys for a question and without the mouse", async () => {
  let address;
  for (const [, href] of collections) {
    await page.goto(href);
    if (await page.locator("a[href$='/keyin']").count()) {
      const title = await page.locator("dl").textContent();
      if (/Living|Wonen/.test(title)) address = href;
      address ??= href;
    }
  }
  is(address, "a collection is open");
  await page.goto(address);
  await picture(page, "staff-paper-box");
  const [one, two] = await printed(address, 2, "nl");
  is(one && two && one !== two, `two numbers: ${one}, ${two}`);
  await page.goto(`${address}/keyin`);
  await picture(page, "staff-keyin-number");
  const wrong = one.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
  await page.waitForFunction(() => document.activeElement.id === "sheet");
  await page.keyboard.type(wrong);
  await page.keyboard.press("Enter");
  await page.locator("#sheet-err").waitFor();
  await begin(address, one);
  is((await page.locator(".step:visible").count()) === 1, "one question at a time");
  const first = await asked();
  await page.keyboard.type("1");
  await page.waitForFunction(() => document.querySelector(".step.now .means").textContent.length > 0);
  await picture(page, "staff-keyin");
  await page.keyboard.press("Enter");
  is((await asked()) !== first, "Enter goes on");
  await page.keyboard.press("ArrowUp");
  is((await asked()) === first, "arrow up goes back");
  is((await page.locator(".step.now input").inputValue()) === "1", "what was typed is still there");
  await page.keyboard.press("Enter");
  await answer("z");
  is((await page.locator(".step.now .wrong").textContent()).includes("z"), "an unknown sign is told");
  await page.keyboard.press("Backspace");
  let steps = 0;
  while ((await page.locator("form.keyin.end").count()) === 0 && steps < 400) {
    const kind = await page.locator(".step.now").getAttribute("data-kind");
    await answer(["one", "several", "order"].includes(kind) ? "1" : "-");
    steps += 1;
  }
  is(steps > 3, `${steps} questions`);
  await picture(page, "staff-keyin-end");
  await page.keyboard.press("Enter");
  await page.locator("#sheet").waitFor();
  is(/Saved|Bewaard/.test(await page.locator("[role=status]").first().textContent()), "it is saved");
  is(await page.evaluate(() => document.activeElement.id === "sheet"), "the next number can be typed");
  await page.goto(`${address}/count`);
  await picture(page, "staff-count");
});

await test("one collection fed by phone, card, kiosk, helper and paper adds up", async () => {
  const [, collection] = collections.find(([name]) => /Peiling|Pulse/i.test(name)) ?? [];
  is(collection, `a pulse among ${collections.map(([name]) => name)}`);
  await page.goto(collection);
  const open = (await page.locator(".address").first().textContent()).trim();
  const origin = new URL(open).origin;
  const headers = { origin, "sec-fetch-site": "same-origin" };
  const post = (address, form) => context.request.post(address, { headers, form });
  const doors = new Map([["own", open]]);
  for (const [mode, who] of [["kiosk", "open"], ["assisted", "open"], ["own", "codes"]]) {
    await page.goto(`${collection}/doors`);
    await page.locator(`input[name=mode][value=${mode}]`).check();
    await page.locator(`input[name=codes][value=${who === "codes" ? "yes" : "no"}]`).check();
    const before = await page.locator(".doors .address").allTextContents();
    await page.locator("form:has(input[name=mode]) button.go").click();
    const after = await page.locator(".doors .address").allTextContents();
    doors.set(who === "codes" ? "cards" : mode, after.find((one) => !before.includes(one)).trim());
  }
  const cards = await post(`${collection}/cards`, { count: "3", size: "10", languages: "nl" });
  is(cards.ok(), `cards said ${cards.status()}`);
  const { stdout } = spawnSync("pdftotext", ["-layout", "-", "-"], { input: await cards.body() });
  const codes = stdout.toString().match(/\b[0-9A-Z]{4}[- ][0-9A-Z]{4}[- ][0-9A-Z]{5}\b/g);
  is(codes?.length === 3, `three codes, not ${codes?.length}`);

  const anybody = await browser.newContext();
  const send = async (door, code) => {
    const form = await (await anybody.request.get(`${door}/nl`)).text();
    const id = form.match(/name="_id" value="([^"]+)"/)[1];
    const fields = { _id: id, q1: "safe", ...(code ? { _code: code } : {}) };
    const answer = await anybody.request.post(`${door}/nl`, { headers, form: fields, maxRedirects: 0 });
    return answer.status();
  };
  await page.goto(`${collection}/count`);
  const row = async (name) => {
    const cells = page.locator("tr", { has: page.locator("th", { hasText: name }) }).locator("td");
    return (await cells.allTextContents()).map((cell) => cell.trim());
  };
  const counted = async (name) => Number((await row(name))[4]);
  const names = await page.locator("tbody th").allTextContents();
  const before = await Promise.all(names.slice(0, 3).map(counted));
  is((await send(doors.get("own"))) === 303 && (await send(doors.get("own"))) === 303, "two phones");
  for (let n = 0; n < 3; n += 1) is((await send(doors.get("kiosk"))) === 303, "the kiosk");
  is((await send(doors.get("assisted"))) === 303, "with help");
  is((await send(doors.get("cards"), codes[0])) === 303, "a card");
  is((await send(doors.get("cards"), codes[0])) === 409, "the same card again");
  const numbers = await printed(collection, 4, "nl");
  for (const number of numbers.slice(0, 2)) {
    await begin(collection, number);
    while ((await page.locator("form.keyin.end").count()) === 0) {
      const kind = await page.locator(".step.now").getAttribute("data-kind");
      await answer(["one", "several", "order"].includes(kind) ? "1" : "-");
    }
    await page.keyboard.press("Enter");
    await page.locator("#sheet").waitFor();
  }
  await page.goto(`${collection}/count`);
  const fields = await page.locator("form input[type=number]").all();
  await fields[1].fill("3");
  await fields[2].fill("1");
  await page.locator("form button.go").click();
  await page.goto(`${collection}/count`);
  await picture(page, "staff-count-all-ways");
  const after = await Promise.all(names.slice(0, 3).map(counted));
  is(after.map((n, way) => n - before[way]).join() === "3,3,1", `counted ${before} and then ${after}`);
  const paper = await row(names[3]);
  const card = await row(names[4]);
  is(card.join() === "3,1,,,1,2", `cards: printed, used, counted, out: ${card}`);
  is(paper.join() === "4,3,1,2,2,1", `paper: handed out, returned, spoiled, typed, counted, out: ${paper}`);
  console.log(`one collection, all ways: ${(await page.locator("table").innerText()).replaceAll("\n", "; ").replaceAll("\t", " ")}`);
  await anybody.close();
});

await end();
