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

await end();
