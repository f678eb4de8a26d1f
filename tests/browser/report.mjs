// The report and the page of a neighbourhood: written without a script, read on a phone and on paper.
// Usage: node report.mjs PROGRAM
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { demonstration, is, phone, test } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { addresses, browser, end } = await demonstration(process.argv[2]);
const home = new URL(addresses.get("coordinator")).origin;
const wide = { viewport: { width: 1280, height: 900 }, locale: "nl" };

// What axe finds, as sentences.
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);

await test("a coordinator writes and publishes the report without a script", async () => {
  const context = await browser.newContext({ ...wide, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(addresses.get("coordinator"));
  if (await page.locator("form button").count()) await page.locator("form button").first().click();
  await page.goto(`${home}/d/oude-haven/report?lang=nl`);
  const code = (await page.locator("#addresses code").allTextContents()).find((one) => one.includes("/f2/"));
  is(code, "there is an address of a number to put in");
  const safe = page.locator("#safe");
  await safe.locator("summary").first().click();
  await safe.locator("textarea").fill("34% vindt het erg omdat het donker is.");
  await safe.locator("button.go").click();
  is((await page.locator("#safe [role=alert]").count()) >= 2, "what is typed and what claims a cause is refused");
  is((await page.locator("#safe textarea").inputValue()).startsWith("34%"), "and kept to be mended");
  await page.locator("#safe textarea").fill(`Van wie antwoordde, zegt ${code} dat het zeer onveilig is.`);
  await page.locator("#safe button.go").click();
  is((await page.locator("#safe a.fig").count()) === 1, "the number stands in the text");
  await page.locator("button[value=publish]").click();
  is((await page.locator("a[href='/n/oude-haven/report/nl']").count()) === 1, "everybody can read it now");
  await context.close();
});

for (const [lang, options] of [["nl", wide], ["ar", { ...phone, deviceScaleFactor: 1 }]]) {
  await test(`the report and the page of the neighbourhood in ${lang} have nothing that axe finds`, async () => {
    const context = await browser.newContext({ ...options, bypassCSP: true });
    const page = await context.newPage();
    for (const path of [`/n/oude-haven/${lang}`, `/n/oude-haven/report/${lang}`]) {
      const answer = await page.goto(home + path);
      is(answer.ok(), `${path}: ${answer.status()}`);
      const found = await findings(page);
      is(found.length === 0, `${path}: ${found.join("\n")}`);
      is(!(await tooWide(page)), `${path} is wider than the screen`);
    }
    is((await page.locator("html").getAttribute("dir")) === (lang === "ar" ? "rtl" : "ltr"), "it runs the right way");
    await context.close();
  });
}

await test("on paper no chart is cut and no button is left", async () => {
  const context = await browser.newContext(wide);
  const page = await context.newPage();
  await page.goto(`${home}/n/oude-haven/report/nl`);
  await page.emulateMedia({ media: "print" });
  is((await page.locator(".files >> visible=true").count()) === 0, "files are for screens");
  is((await page.locator(".chart .wide >> visible=true").count()) > 5, "the wide charts are printed");
  is((await page.locator(".chart .narrow >> visible=true").count()) === 0, "and each only once");
  const pdf = await page.pdf({ preferCSSPageSize: true });
  is(pdf.length > 20_000, "it prints");
  await context.close();
});

await end();
