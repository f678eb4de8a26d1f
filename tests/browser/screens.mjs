// One question a screen, the way out and what the phone keeps. Called by pages.mjs.
import { is, phone, picture } from "./lib.mjs";

export async function screens({ addresses, browser, some }) {
  const pulse = `${addresses.get("pulse2")}/nl`, safety = `${addresses.get("resident_safety")}/nl`;
  const within = async (body, options = {}) => {
    const context = await browser.newContext({ ...phone, deviceScaleFactor: 1, locale: "nl", ...options });
    const page = await context.newPage();
    try { await body(page, context); } finally { await context.close(); }
  };
  const ready = (page) => page.locator(".keep").waitFor({ state: "attached" });
  const go = (page) => page.locator(".step .go").click();
  const memory = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("miradouro:")));
  const heading = (page) => page.evaluate(() => document.activeElement.firstChild?.textContent ?? "");
  const count = (page) => page.locator("fieldset:not(.off)>legend .count >> visible=true").first().textContent();
  const toEnd = async (page) => {
    for (let turn = 0; turn < 60 && !(await page.locator("form.end").count()); turn += 1) await go(page);
  };

  await some("one question a screen: back keeps everything, and so does the browser's own way back", () => within(async (page) => {
    await page.goto(pulse);
    await ready(page);
    is(await page.locator("#q1").isHidden(), "the first screen asks nothing yet");
    await go(page);
    is(await page.locator("#q1").isVisible(), "then comes the first question");
    is((await count(page)).startsWith("Vraag 1 van"), await count(page));
    is((await heading(page)) === (await page.locator("#q1 legend").evaluate((one) => one.firstChild.textContent)), "with the focus at it");
    await page.locator("input[name=q1]").nth(1).check();
    await go(page);
    is(await page.locator("#q1").isHidden(), "one at a time");
    await page.goBack();
    is(await page.locator("input[name=q1]").nth(1).isChecked(), "the answer is there after the browser's back");
    await page.goForward();
    await page.locator(".way").click();
    is(await page.locator("input[name=q1]").nth(1).isChecked(), "and after our own");
    is(!page.url().includes("#") && !page.url().includes("?"), `no answer stands in ${page.url()}`);
    await page.locator(".step .skip").click();
    await toEnd(page);
    is((await page.locator(".review dd").first().textContent()).length > 0, "the review says what was skipped");
    await page.locator(".review button").first().click();
    is(!(await page.locator("input[name=q1]").nth(1).isChecked()), "a skipped question has no answer");
    await page.locator("input[name=q1]").first().check();
    await go(page);
    is(await page.locator("form.end").count() === 1, "after a change comes the review again");
    await picture(page, "page-nl-review");
    await page.locator(".send .go").click();
    await page.waitForURL(/thanks/);
  }));

  await some("what is not asked is not counted", () => within(async (page) => {
    await page.goto(safety);
    await ready(page);
    await go(page);
    const before = Number((await count(page)).match(/\d+$/)[0]);
    await page.evaluate(() => document.querySelector("input[name=v1][value=stolen]").click());
    is(Number((await count(page)).match(/\d+$/)[0]) > before, "a follow-up is one more");
  }));

  await some("a complaint opens its own screen, and the answers are there", () => within(async (page) => {
    await page.goto(safety);
    await ready(page);
    await page.evaluate(() => {
      for (const code of ["p01", "p02", "p03", "p04"]) {
        document.querySelector(`input[name=${code}][value=small]`).click();
        document.querySelector(`input[name=p_top][value=${code}]`).click();
      }
    });
    await go(page);
    await toEnd(page);
    await page.locator(".send .go").click();
    await page.locator("#p_top.err").waitFor();
    await ready(page);
    is(await page.locator("#p_top").isVisible(), "at the question");
    is(await page.locator(".sum").isVisible(), "with the list of what is wrong");
    await picture(page, "page-nl-complaint");
    await page.locator("input[name=p_top][value=p04]").uncheck();
    await go(page);
    is(await page.locator("form.end").count() === 1, "then the review");
    await page.locator(".send .go").click();
    await page.waitForURL(/thanks/);
  }));

  await some("a language switch keeps the screen and the answers", () => within(async (page) => {
    await page.goto(pulse);
    await ready(page);
    await go(page);
    await page.locator("input[name=q1]").first().check();
    await go(page);
    const at = await page.locator("[name=_at]").inputValue();
    await page.locator("nav button[lang=ar]").click();
    await page.locator("html[dir=rtl]").waitFor();
    is((await page.locator("[name=_at]").inputValue()) === at, "the same screen");
    is(await page.locator("input[name=q1]").first().isChecked(), "the same answer");
  }));

  await some("whoever is too young is told at once, and kindly", () => within(async (page) => {
    await page.goto(`${addresses.get("feedback_youth")}/nl`);
    await ready(page);
    for (let turn = 0; turn < 20 && !(await page.locator("[data-gate]:not(.off)").count()); turn += 1) {
      if (await page.locator("form.end").count()) return;
      await go(page);
    }
    await page.locator("[data-gate]:not(.off) input[value=no]").check();
    await go(page);
    await page.locator("[data-gate].err").waitFor();
    is(await page.locator("[data-gate].err").isVisible(), "the gate says so");
  }));

  await some("nothing is kept on the phone before a yes, and nothing after sending but a flag", () => within(async (page, context) => {
    await page.goto(pulse);
    await ready(page);
    await go(page);
    await page.locator("input[name=q1]").first().check();
    is((await memory(page)).length === 0, "nothing before a yes");
    await page.locator(".way").click();
    await page.locator(".keep input").check();
    is((await memory(page)).length === 1, "a draft after it");
    await go(page);
    await page.waitForLoadState("networkidle");
    await page.locator("input[name=q1]").nth(1).check();
    const id = await page.locator("[name=_id]").inputValue();
    await page.close();

    const again = await context.newPage();
    await again.goto(pulse);
    await again.locator(".found").waitFor();
    await picture(again, "page-nl-draft");
    is(!(await again.locator("input[name=q1]").nth(1).isChecked()), "nobody sees answers without asking for them");
    await again.locator(".found .go").click();
    is(await again.locator("input[name=q1]").nth(1).isChecked(), "the answer is back");
    is((await again.locator("[name=_id]").inputValue()) === id, "under its own number, so that it counts once");

    // In a second tab: the draft goes with whoever asks for it, and the first tab says so.
    const other = await context.newPage();
    await other.goto(pulse);
    await other.locator(".found").waitFor();
    is((await other.locator("[name=_id]").inputValue()) !== id, "a tab has a number of its own");
    await other.locator(".found .go").click();
    await again.getByText("ander venster").waitFor();
    await again.locator("input[name=q1]").nth(2).evaluate((one) => one.click());
    const draft = await other.evaluate(() => JSON.parse(Object.values(localStorage)[0]));
    is(draft.fields.some(([, value]) => value === "neither" || value) && (await other.locator("input[name=q1]").nth(1).isChecked()), "the first tab writes no longer");
    await go(other);
    await toEnd(other);
    await other.locator(".send .go").click();
    await other.waitForURL(/thanks/);
    await other.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith("miradouro:done:")));
    is((await memory(other)).length === 1, "the draft is gone, a flag is left");

    // Back after sending: an empty form with a kind note, and nothing is sent twice.
    await other.goBack();
    await other.locator(".done").waitFor();
    is((await other.locator("input[name=q1]:checked").count()) === 0, "the form is empty");
    is((await other.locator("[name=_id]").inputValue()) !== id, "and another one");
    await picture(other, "page-nl-done");
    await other.locator(".done button").click();
    is((await other.locator(".done").count()) === 0, "somebody else may answer");
  }));

  await some("a draft lives three weeks by the server's clock, whatever the phone's says", () => within(async (page) => {
    await page.addInitScript(() => { const now = Date.now; Date.now = () => now() + 366 * 86_400_000; });
    await page.goto(pulse);
    await ready(page);
    await page.locator(".keep input").check();
    const aged = (days) => page.evaluate((days) => {
      const key = Object.keys(localStorage)[0], draft = JSON.parse(localStorage[key]);
      localStorage[key] = JSON.stringify({ ...draft, day: Number(document.querySelector("form").dataset.day) - days });
    }, days);
    await aged(21);
    await page.reload();
    await page.locator(".found").waitFor();
    await aged(22);
    await page.reload();
    await ready(page);
    is((await page.locator(".found").count()) === 0 && (await memory(page)).length === 0, "after three weeks it is gone");
  }));

  await some("a phone that refuses to keep something says so, and the form goes on", () => within(async (page) => {
    await page.addInitScript(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; });
    await page.goto(pulse);
    await ready(page);
    await page.locator(".keep input").click();
    is((await page.locator(".keep [role=status]").textContent()).includes("kan uw antwoorden niet bewaren"), "it says so");
    is(!(await page.locator(".keep input").isChecked()), "and the tick is gone");
    await go(page);
    await toEnd(page);
    await page.locator(".send .go").click();
    await page.waitForURL(/thanks/);
  }));

  for (const how of ["the button", "Escape three times"]) {
    await some(`the quick way out by ${how} empties everything, and the way back does not lead here`, () => within(async (page, context) => {
      await context.route(/wikipedia/, (route) => route.fulfill({ contentType: "text/html", body: "<title>elsewhere</title>" }));
      await page.goto("about:blank");
      await page.goto(safety);
      await ready(page);
      await page.locator(".keep input").check();
      await go(page);
      await page.locator("input[name=d_rel]").first().check();
      await go(page);
      if (how === "the button") await page.locator(".leave").click();
      else for (let turn = 0; turn < 3; turn += 1) await page.keyboard.press("Escape");
      await page.waitForURL(/nl\.wikipedia\.org/);
      await page.goBack();
      is(page.url() === "about:blank", `back leads to ${page.url()}`);
      await page.goto(safety);
      await ready(page);
      is((await memory(page)).length === 0, "nothing is left");
      is((await page.locator(".found,.done").count()) === 0, "and nothing is said");
    }));
  }

  await some("without a script the quick way out is a link", () => within(async (page, context) => {
    await context.route(/wikipedia/, (route) => route.fulfill({ contentType: "text/html", body: `<title>${route.request().headers().referer ?? "elsewhere"}</title>` }));
    await page.goto(safety);
    await page.locator(".leave").click();
    await page.waitForURL(/wikipedia/);
    is((await page.title()) === "elsewhere", "and does not say where it came from");
  }, { javaScriptEnabled: false }));

  await some("half a script is enough, and none is too", () => within(async (page, context) => {
    await context.route(/later\.js/, (route) => route.abort());
    await page.goto(pulse);
    await go(page);
    await page.locator("input[name=q1]").first().check();
    await toEnd(page);
    await page.locator(".send .go").click();
    await page.waitForURL(/thanks/);
    await context.unrouteAll();
    // A script that stops in the middle.
    await context.route(/form\.js/, async (route) => {
      const answer = await route.fetch(), body = await answer.text();
      await route.fulfill({ response: answer, body: body.replaceAll("history.replaceState", "history.nothing") });
    });
    await page.goto(pulse);
    is(await page.locator("#q1").isVisible() && await page.locator(".send .go").isVisible(), "the page is whole");
    await page.locator("input[name=q1]").first().check();
    await page.locator(".send .go").click();
    await page.waitForURL(/thanks/);
  }));

  await some("the Enter key in a field goes on, and sends or switches nothing", () => within(async (page) => {
    await page.goto(safety);
    await ready(page);
    const field = page.locator("input.n").first();
    for (let turn = 0; turn < 60 && !(await field.isVisible()); turn += 1) {
      if (await page.locator("form.end").count()) return;
      await go(page);
    }
    const at = Number(await page.locator("[name=_at]").inputValue());
    await field.press("Enter");
    is(Number(await page.locator("[name=_at]").inputValue()) > at, "on to the next");
    is((await page.locator("html").getAttribute("lang")) === "nl", "in the same language");
  }));

  await some("larger letters and a voice are offered, and the page keeps neither", () => within(async (page) => {
    await page.addInitScript(() => {
      const said = [];
      Object.assign(globalThis, { said, SpeechSynthesisUtterance: class { constructor(text) { this.text = text; } } });
      Object.defineProperty(globalThis, "speechSynthesis", { value: {
        speaking: false, pending: false, cancel() {}, addEventListener() {},
        getVoices: () => [{ lang: "nl-BE", localService: true }], speak(one) { said.push(one.text); } } });
    });
    await page.goto(pulse);
    await ready(page);
    await page.locator(".aid").first().click();
    is(await page.locator("html.large").count() === 1, "the letters grow");
    is(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "and the page does not");
    await picture(page, "page-nl-large");
    await go(page);
    await page.locator(".aid").nth(1).click();
    const said = await page.evaluate(() => globalThis.said);
    is(said[0].startsWith(await page.locator("#q1 legend").evaluate((one) => one.firstChild.textContent)), `it reads ${said[0]}`);
    is(said.length > 3, "and the answers");
    is((await memory(page)).length === 0, "nothing is kept");
    await page.reload();
    await ready(page);
    is(await page.locator("html.large").count() === 0, "not even the size");
  }));

  for (const lang of ["nl", "ar"]) {
    await some(`pictures of the form in ${lang}`, async () => {
      for (const [size, view] of [["390", phone], ["1280", { viewport: { width: 1280, height: 900 } }]]) {
        await within(async (page) => {
          await page.goto(`${addresses.get("resident_safety")}/${lang}`);
          await ready(page);
          await picture(page, `page-${lang}-${size}-start`);
          await go(page);
          await go(page);
          await page.locator("label.c >> visible=true").nth(1).click();
          await picture(page, `page-${lang}-${size}-question`);
          for (let turn = 0; turn < 60 && !(await page.locator(".grid:not(.off)").count()); turn += 1) await go(page);
          await page.locator(".grid:not(.off) label.c").nth(2).click();
          await picture(page, `page-${lang}-${size}-grid`);
          await toEnd(page);
          await picture(page, `page-${lang}-${size}-review`);
        }, { ...view, deviceScaleFactor: 1 });
        await within(async (page) => {
          for (const name of ["feedback_youth", "walk_audit", "resident_safety"]) {
            await page.goto(`${addresses.get(name)}/${lang}`);
            await picture(page, `page-${lang}-${size}-plain-${name}`);
          }
        }, { ...view, deviceScaleFactor: 1, javaScriptEnabled: false });
      }
    });
  }
}
