// The data walk in a real browser: a phone without scripts pins words to a figure, the moderator lets
// them through, and the wall of the room fills without being loaded again. Pictures of each moment
// are the film strip of the evening.
// Usage: node walk.mjs PROGRAM
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { demonstration, is, phone, picture, test } from "./lib.mjs";

const { addresses, browser, end } = await demonstration(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const hall = addresses.get("data-walk");
const big = { viewport: { width: 1920, height: 1080 } };

async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);

async function signedIn(name) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 900 }, locale: "nl" });
  const page = await context.newPage();
  await page.goto(addresses.get(name));
  await page.locator("button.go").click();
  return page;
}
const coordinator = await signedIn("coordinator");
const moderator = await signedIn("moderator");
const base = new URL(hall).origin;
const walks = new URL(addresses.get("projector")).pathname.replace(/\/projector.*/, "");
const door = new URL(hall).pathname.split("/")[2];

await test("the plan says who stands where", async () => {
  await coordinator.goto(base + walks);
  is((await coordinator.locator("tbody tr").count()) === 4, "four groups");
  is((await coordinator.locator(".qr").count()) === 1, "the code for phones");
  await picture(coordinator, "walk-plan");
});

const room = await browser.newContext({ ...big, locale: "nl" });
const wall = await room.newPage();
const large = await room.newPage();
await test("words pinned on a phone without scripts reach the wall after one tap, by themselves", async () => {
  await wall.goto(`${base}/w/${door}/nl/wall`);
  await large.goto(`${base}/w/${door}/nl/wall/4`);
  await picture(wall, "wall-before");
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false, locale: "nl" });
  const page = await context.newPage();
  await page.goto(`${base}/w/${door}/nl/4`);
  await picture(page, "walk-phone-station");
  await page.locator("input[name=verdict][value=partly]").check();
  await page.locator("input[name=group][value=B]").check();
  await page.locator("details.pins summary").click();
  await page.locator(".chips label:not(.whole) input[name=pin]").nth(2).check();
  await page.locator("textarea[name=said]").fill("De nieuwe lampen branden pas om negen uur.");
  await picture(page, "walk-phone-said");
  await page.locator("button.go").click();
  is(!(await wall.content()).includes("negen uur"), "it waits");
  await moderator.goto(`${base}${walks}/reflections`);
  await picture(moderator, "walk-moderator");
  const waits = moderator.locator("li", { hasText: "negen uur" });
  await waits.locator("button[value=shown]").click();
  await wall.locator(".voices li.new", { hasText: "negen uur" }).waitFor({ timeout: 10000 });
  await wall.evaluate(() => {
    const taken = new Promise((done) => document.addEventListener("fresh", done, { once: true }));
    document.dispatchEvent(new Event("refresh"));
    return taken;
  });
  is((await wall.locator(".voices li.new").count()) === 1, "what is new is marked, and nothing else, also when the page was taken anew");
  await large.locator(".voices li", { hasText: "negen uur" }).waitFor({ timeout: 10000 });
  await picture(wall, "wall-after");
  await picture(large, "wall-station");
  await page.goto(`${base}/w/${door}/nl/4`);
  is((await page.locator(".voices .pin").count()) > 0, "it stands beside the chart with a number");
  await picture(page, "walk-phone-after");
  await context.close();
});

await test("a host types a card from paper", async () => {
  await coordinator.goto(`${base}${walks}/cards?station=3&group=C`);
  is(await coordinator.locator("input[name=group][value=C]").isChecked(), "the group is kept");
  await coordinator.locator("input[name=verdict][value=fits]").check();
  await coordinator.locator("textarea[name=said]").fill("Klopt, vooral aan het plein.");
  await picture(coordinator, "walk-card");
  await coordinator.locator("main button.go").click();
  is((await coordinator.locator("[role=status]").count()) === 1, "it is kept");
});

await test("a finding says what changed it", async () => {
  const page = await (await browser.newContext({ ...phone, locale: "nl" })).newPage();
  await page.goto(`${base}/w/${door}/nl`);
  is((await page.locator(".finding del").count()) > 0, "the old sentence is struck through");
  await picture(page, "walk-findings");
  await coordinator.goto(`${base}${walks}/findings`);
  await coordinator.locator("li a.skip").first().click();
  await picture(coordinator, "walk-finding");
  await page.context().close();
});

await test("axe finds nothing, and no page is too wide", async () => {
  const wrong = [];
  for (const [size, context] of [["phone", phone], ["room", big]]) {
    const page = await (await browser.newContext(context)).newPage();
    for (const lang of ["nl", "ar"]) {
      for (const rest of ["", "/4", "/wall", "/wall/4"]) {
        await page.goto(`${base}/w/${door}/${lang}${rest}`);
        if (await tooWide(page)) wrong.push(`${size} ${lang}${rest} is too wide`);
        wrong.push(...(await findings(page)).map((one) => `${size} ${lang}${rest}: ${one}`));
        if (rest.startsWith("/wall") && size === "room" && lang === "ar") await picture(page, `wall-ar${rest.slice(5).replace("/", "-")}`);
      }
    }
    await page.context().close();
  }
  for (const rest of ["", "/cards", "/findings", "/findings/new", "/reflections"]) {
    const page = rest === "/reflections" ? moderator : coordinator;
    await page.goto(`${base}${walks}${rest}`);
    wrong.push(...(await findings(page)).map((one) => `staff ${rest}: ${one}`));
  }
  is(wrong.length === 0, wrong.join("\n"));
});

await end();
