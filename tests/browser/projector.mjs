// A facilitator's phone as the remote, the room's projector, a second screen in Arabic and a phone that
// follows along: each in a browser of its own, over one demonstration.
//   node projector.mjs PROGRAM
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { demonstration, is, phone, picture, test } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { addresses, browser, end } = await demonstration(process.argv[2]);
const screenAddress = addresses.get("projector");
const remoteAddress = screenAddress.replace(/projector$/, "remote");
const door = addresses.get("data-walk").split("/")[4];
const origin = new URL(screenAddress).origin;
const wrong = [];

async function signedIn(role, options) {
  const context = await browser.newContext({ locale: "nl", ...options });
  const page = await context.newPage();
  watch(page);
  await page.goto(addresses.get(role));
  await page.locator("button.go").click();
  return { context, page };
}
function watch(page) {
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
}
const hall = { viewport: { width: 1920, height: 1080 } };
const { context: hands, page: remote } = await signedIn("facilitator", { ...phone, hasTouch: true });
const { context: room, page: screen } = await signedIn("member", hall);
const audience = await browser.newContext({ ...phone, locale: "nl" });
const twin = await audience.newPage();
watch(twin);
await remote.goto(remoteAddress);
await screen.goto(screenAddress);
await twin.goto(`${origin}/w/${door}/twin`);
const arabic = await room.newPage();
watch(arabic);
await arabic.setViewportSize(hall.viewport);
await arabic.goto(`${screenAddress}/ar`);

const number = (page) => page.locator(".number b").first().textContent();
const shows = (page, n) => page.waitForFunction((n) => document.querySelector(".number b")?.textContent === n, String(n));
const tap = (name) => remote.locator(`#b-${name}`).click();
let strip = 0;
async function film(what) {
  strip += 1;
  const at = String(strip).padStart(2, "0");
  await picture(remote, `film-${at}-remote-${what}`, {});
  await picture(screen, `film-${at}-screen-${what}`, {});
  await picture(arabic, `film-${at}-arabic-${what}`, {});
  await picture(twin, `film-${at}-twin-${what}`, {});
}

await test("one tap on the remote turns the projector, the second screen and a phone", async () => {
  is((await number(screen)) === "1", "the first picture first");
  await film("first");
  await tap("on");
  for (const page of [screen, arabic, twin]) await shows(page, 2);
  is((await arabic.locator("html").getAttribute("dir")) === "rtl", "the second screen keeps its language");
  await film("next");
});

await test("the preview is what the room sees after the next tap, to the line", async () => {
  const lines = (page, id) => page.evaluate((id) => {
    const text = document.querySelector(`${id} .said`);
    const range = document.createRange();
    range.selectNodeContents(text);
    return [text.textContent, new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size];
  }, id);
  for (let turn = 0; turn < 4; turn += 1) {
    const then = await lines(remote, "#then"), n = Number(await number(screen));
    await tap("on");
    await shows(screen, n + 1);
    const now = await lines(screen, "#slide");
    is(then[0] === now[0] && then[1] === now[1], `${then} became ${now}`);
    await remote.waitForFunction((n) => document.querySelector("#now .number b").textContent === String(n), n + 1);
  }
});

await test("behind the curtain nobody sees, and a guess comes before its figures", async () => {
  await tap("hide");
  for (const page of [screen, arabic]) await page.locator(".curtain").waitFor();
  await twin.locator("#twin .note").waitFor();
  is((await twin.locator("svg").count()) === 0, "the phone neither");
  await film("curtain");
  await tap("guess");
  await remote.waitForFunction(() => document.querySelector("#b-guess").value === "no");
  await remote.locator("#all button").nth(2).click();
  await remote.waitForFunction(() => document.querySelector("#all li:nth-child(3) button").ariaCurrent === "true");
  is((await screen.locator(".curtain").count()) === 1, "the picture changed behind it");
  await tap("on");
  for (const page of [screen, arabic]) await page.locator(".guessing").waitFor();
  await twin.locator(".guessed").waitFor();
  is(!/\d\s?%/.test(await screen.locator("#slide").textContent()), "no figure is told yet");
  await film("guess");
  await tap("on");
  for (const page of [screen, arabic]) await page.locator(".figures").waitFor();
  await twin.locator("svg").first().waitFor({ state: "attached" });
  await film("reveal");
});

await test("where it comes from is one tap away, and the chart stands alone after another", async () => {
  await tap("source");
  await screen.locator(".source dl").waitFor();
  await film("source");
  await remote.waitForFunction(() => document.querySelector("#b-source").value === "no");
  await tap("source");
  await screen.locator(".figures").waitFor();
  await tap("alone");
  await screen.locator(".alone").waitFor();
  await film("alone");
  await remote.waitForFunction(() => document.querySelector("#b-alone").value === "no");
  await tap("alone");
  await screen.locator(".figures:not(.alone)").waitFor();
});

await test("nothing leaves the stage, in any picture, on any screen", async () => {
  await tap("guess");
  await remote.waitForFunction(() => document.querySelector("#b-guess").value === "yes");
  const many = await remote.locator("#all button").count();
  for (let n = 1; n <= many; n += 1) {
    await remote.locator("#all button").nth(n - 1).click();
    for (const page of [screen, arabic]) {
      await shows(page, n);
      const out = await page.evaluate(() => {
        const stage = document.querySelector(".stage16").getBoundingClientRect();
        const parts = [...document.querySelectorAll(".slide>*, .picture svg, .beside>*, .foot p")];
        return parts.filter((one) => {
          const box = one.getBoundingClientRect();
          return box.bottom > stage.bottom + 1 || box.right > stage.right + 1 || box.left < stage.left - 1;
        }).map((one) => one.className?.baseVal ?? one.className ?? one.tagName);
      });
      is(out.length === 0, `picture ${n}: ${out} leave the stage`);
      const small = await page.evaluate(() => {
        const svg = document.querySelector(".picture svg");
        if (!svg) return [];
        const [, , wide, tall] = svg.getAttribute("viewBox").split(" ").map(Number);
        const box = svg.getBoundingClientRect(), scale = Math.min(box.width / wide, box.height / tall);
        const sizes = [...svg.querySelectorAll("text")].map((one) => Number.parseFloat(one.getAttribute("font-size")) * scale);
        return [scale.toFixed(2), Math.min(...sizes).toFixed(1)];
      });
      console.log(`  picture ${n}, ${await page.locator("html").getAttribute("lang")}: scale ${small[0]}, smallest letters ${small[1]} px`);
    }
    await picture(screen, `slide-nl-${n}`, {});
    await picture(arabic, `slide-ar-${n}`, {});
  }
});

await test("keys and clickers turn from the remote, and from the screen of whoever leads", async () => {
  const { context, page } = await signedIn("coordinator", hall);
  await page.goto(screenAddress);
  const n = Number(await number(page));
  await page.keyboard.press("PageUp");
  for (const one of [page, screen, twin]) await shows(one, n - 1);
  await page.keyboard.press("ArrowRight");
  await shows(screen, n);
  const press = async (key, seen) => {
    await page.keyboard.press(key);
    for (const one of [page, screen]) await one.locator(seen).waitFor();
  };
  await press("b", ".curtain");
  await press(".", ".figures");
  await press("?", ".source dl");
  await press("Space", ".figures");
  is((await page.locator("#strip").evaluate((one) => getComputedStyle(one).opacity)) === "0", "the buttons are out of sight");
  await page.mouse.move(300, 300);
  await page.waitForFunction(() => getComputedStyle(document.querySelector("#strip")).opacity === "1");
  await picture(page, "screen-with-buttons", {});
  await context.close();
});

await test("a laptop that closes, or a phone without a signal, comes back to the present picture", async () => {
  const n = Number(await number(screen));
  await screen.goto("about:blank");
  await audience.setOffline(true);
  await tap("back");
  await shows(arabic, n - 1);
  await screen.goto(screenAddress);
  is((await number(screen)) === String(n - 1), "the screen opens where the room is");
  await audience.setOffline(false);
  await twin.reload();
  await shows(twin, n - 1);
});

await test("without a script a reload shows the present picture, and the remote works", async () => {
  const plain = await browser.newContext({ ...phone, javaScriptEnabled: false, locale: "nl", storageState: await hands.storageState() });
  const page = await plain.newPage();
  await page.goto(remoteAddress);
  const n = Number(await page.locator("#now .number b").textContent());
  await page.locator("#b-on").click();
  is(page.url() === remoteAddress, `back at the remote, not ${page.url()}`);
  is(Number(await page.locator("#now .number b").textContent()) === n + 1, "one further");
  await page.goto(`${origin}/w/${door}/nl/twin`);
  is(Number(await number(page)) === n + 1, "a phone without a script too");
  await plain.close();
});

await test("the remote and the phones are readable for everybody", async () => {
  for (const [page, name] of [[remote, "remote"], [twin, "twin"]]) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    is(wide <= 390, `${name} is ${wide} pixels wide`);
    const found = await page.evaluate(async (axe) => {
      const script = new Function(`${axe}; return axe;`);
      return (await script().run(document, { resultTypes: ["violations"] })).violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
    }, axe).catch((error) => [`axe did not run: ${error.message.slice(0, 200)}`]);
    is(found.length === 0, `${name}: ${found.join("\n")}`);
  }
  await picture(remote, "remote-phone");
  await twin.locator("nav a").first().click();
  await picture(twin, "twin-large-nl");
  await twin.goto(`${origin}/w/${door}/ar/twin?size=large`);
  await picture(twin, "twin-large-ar");
  await twin.goto(`${origin}/w/${door}/ar/twin`);
  await picture(twin, "twin-ar");
  await remote.setViewportSize({ width: 1920, height: 1080 });
  await picture(remote, "remote-wide");
});

await test("nothing broke a page's own rules", async () => {
  const own = wrong.filter((one) => !/net::ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(one));
  is(own.length === 0, own.join("\n"));
});

await end();
