// What a questionnaire asks for once it stands; nothing here is needed to answer. The list of
// answers on the last screen, larger letters, the browser's own voice, the quick way out, and what
// the phone keeps: nothing before somebody says yes, and then only until the answers are sent.
"use strict";
(() => {
  const root = document.documentElement, form = document.querySelector("form[data-later]");
  const make = (tag, rest, ...inside) => {
    const one = Object.assign(document.createElement(tag), rest);
    one.append(...inside);
    return one;
  };
  const button = (textContent, onclick, className = "aid") => make("button", { type: "button", className, textContent, onclick });
  root.classList.add("later");

  // The phone's own memory, which may refuse.
  const draftOf = (key) => `miradouro:draft:${key}`, doneOf = (key) => `miradouro:done:${key}`;
  const kept = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const keep = (name, what) => {
    try { localStorage.setItem(name, JSON.stringify(what)); return true; } catch { return false; }
  };
  const forget = (name) => { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } };

  // The answers have arrived: the draft goes, and a flag that is never sent stays.
  const arrived = (key) => { forget(draftOf(key)); keep(doneOf(key), true); };
  const sent = document.querySelector("[data-sent]");
  if (sent) {
    arrived(sent.dataset.sent);
    document.dispatchEvent(new CustomEvent("miradouro:sent", { detail: { key: sent.dataset.sent } }));
  }
  if (!form) return;
  const { keep: key, day, words: from } = form.dataset;
  const draft = draftOf(key), today = Number(day), weeks = 21;
  document.addEventListener("miradouro:sent", () => { owner = false; if (key) arrived(key); });

  // All answers once more, each with a way back to its question.
  const text = (field) => field.querySelector("legend,h2,h3").firstChild.textContent;
  const given = (field) => [...field.querySelectorAll("input,select,textarea")]
    .filter((it) => !it.closest("[hidden]") && it.type !== "hidden")
    .map((it) => {
      if (it.matches("[type=radio],[type=checkbox]")) return it.checked && it.closest("label").textContent.trim();
      if (it.tagName === "SELECT") return it.value && it.selectedOptions[0].text;
      return it.files ? [...it.files].map((file) => file.name).join(", ") : it.value.trim();
    }).filter(Boolean).join(", ");
  globalThis.miradouro.review = (review, items, turn) => {
    const { change, skipped } = review.dataset;
    review.querySelector("dl").replaceChildren(...items.filter((item) => !item.matches(".info")).map((item) => {
      const own = item.matches(".grid") ? item.firstElementChild : item;
      const parts = [...own.querySelectorAll("fieldset")].filter((part) => !part.querySelector("fieldset") && !part.closest("[hidden]"));
      const lines = parts.length
        ? parts.map((part) => [text(part), given(part)]).filter((line) => line[1])
        : [["", given(own)]].filter((line) => line[1]);
      const line = ([what, said]) => make("p", {}, ...(what ? [make("span", { className: "soft" }, what), " "] : []), make("bdi", {}, said));
      const again = button(change, () => turn(item), "");
      again.ariaLabel = `${change}: ${text(own)}`;
      return make("div", { className: item.matches(".err") || item.querySelector(".err") ? "err" : "" },
        make("dt", {}, text(own)),
        make("dd", {}, ...(lines.length ? lines.map(line) : [make("p", { className: "soft" }, skipped)])),
        make("dd", {}, again));
    }));
  };

  // Away from here: the form is emptied, the phone forgets it, and the browser's way back does not
  // lead through it. Three times Escape does the same.
  const leave = form.querySelector(".leave");
  function away(event) {
    event?.preventDefault();
    owner = false;
    document.body.hidden = true;
    document.title = " ";
    form.reset();
    for (const it of form.querySelectorAll("textarea,input:not([type=hidden],[type=radio],[type=checkbox])")) it.value = "";
    forget(draft);
    forget(doneOf(key));
    const go = () => location.replace(leave.href);
    const back = history.state?.n ?? 0;
    if (!back) return go();
    addEventListener("popstate", go);
    setTimeout(go, 300);
    history.go(-back);
  }
  if (leave) {
    leave.addEventListener("click", away);
    let times = 0, timer;
    addEventListener("keydown", ({ key: pressed }) => {
      clearTimeout(timer);
      times = pressed === "Escape" ? times + 1 : 0;
      timer = setTimeout(() => { times = 0; }, 2000);
      if (times === 3) away();
    });
  }

  // What is filled in, as pairs; photos cannot be kept.
  let owner = false;
  const fields = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && (name[0] !== "_" || name.startsWith("_times.")));
  const id = form.elements._id;
  const store = () => keep(draft, { id: id.value, tab, day: today, fields: fields() });
  const tab = Math.random().toString(36).slice(2);
  const old = () => {
    const found = kept(draft);
    if (!found?.fields) return null;
    // By the server's clock, never the phone's.
    if (today - found.day > weeks) { forget(draft); return null; }
    return found;
  };
  function refill(found) {
    const left = new Map();
    for (const [name, value] of found.fields) left.set(name, [...(left.get(name) ?? []), value]);
    for (const it of form.querySelectorAll("main input,main select,main textarea")) {
      if (it.type === "file") continue;
      const values = left.get(it.name) ?? [];
      if (it.matches("[type=radio],[type=checkbox]")) it.checked = values.includes(it.value);
      else if (it.type === "hidden") continue;
      else if (values.length && !(it.tagName !== "SELECT" && form.querySelector(`[type=radio][name="${CSS.escape(it.name)}"][value="${CSS.escape(values[0])}"]`))) it.value = values.at(-1);
    }
    id.value = found.id;
    form.dataset.kept = "yes";
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function begin(words) {
    document.head.append(make("link", { rel: "stylesheet", href: words.look }));
    const start = form.querySelector(".start"), h1 = form.querySelector("h1");
    const tools = make("span", { className: "aids" }), top = form.querySelector(".top");
    top.insertBefore(tools, top.querySelector(".leave"));
    const larger = button("A+", () => {
      larger.ariaPressed = String(root.classList.toggle("large"));
    });
    Object.assign(larger, { ariaPressed: "false", dir: "ltr", ariaLabel: `A+ ${words.larger}`, title: words.larger });
    tools.append(larger);
    voice(words, tools);

    // A tablet that is passed on, and sheets that staff fill in with others, keep nothing here.
    if (!key) return;
    const note = make("div", { className: "note keep" }), said = make("p", { role: "status", className: "soft" });
    const box = make("input", { type: "checkbox" });
    const no = button(words.forget, () => { owner = false; forget(draft); box.checked = false; no.hidden = true; said.textContent = words.forgotten; }, "skip");
    const photos = () => (form.querySelector("[type=file]") ? ` ${words.no_photos}` : "");
    function hold() {
      owner = store();
      box.checked = owner;
      no.hidden = !owner;
      said.textContent = owner ? words.kept + photos() : words.refused;
    }
    box.onchange = () => (box.checked ? hold() : no.onclick());
    no.hidden = true;
    note.append(make("label", { className: "c" }, box, words.keep), said, no);
    start.append(note);
    const found = old();
    if (found && !form.querySelector(".err")) {
      const offer = make("div", { className: "note found" }, make("p", {}, words.found), make("p", { className: "bar" },
        button(words.forget, () => { no.onclick(); offer.remove(); }, "skip"),
        button(words.go_on, () => { offer.remove(); refill(found); hold(); said.scrollIntoView({ block: "nearest" }); }, "go")));
      start.prepend(offer);
    } else if (kept(doneOf(key)) && !form.querySelector(".err")) {
      const told = make("div", { className: "note done" }, make("p", {}, words.done),
        button(words.again, () => { told.remove(); (form.querySelector(".step .go") ?? h1).focus(); }, "skip"));
      start.prepend(told);
    }
    // After the server gave the form back, this tab goes on keeping what it kept.
    if (found && found.id === id.value && form.querySelector(".err")) hold();
    form.addEventListener("input", () => { if (owner) { owner = store(); if (!owner) { box.checked = false; said.textContent = words.refused; } } });
    form.addEventListener("change", () => { if (owner) store(); });
    addEventListener("storage", (event) => {
      if (event.key !== draft || !owner) return;
      const now = kept(draft);
      if (now?.tab === tab) return;
      owner = false;
      box.checked = false;
      no.hidden = true;
      said.textContent = now ? words.elsewhere : words.forgotten;
      form.querySelector(".start").before(said);
    });
  }

  // Reads the question on the screen, or the whole form, where the phone has a voice for its language.
  function voice(words, tools) {
    const talk = globalThis.speechSynthesis;
    if (!talk) return;
    const aloud = button("", () => {
      if (talk.speaking) return talk.cancel();
      const shown = form.matches(".screens")
        ? form.querySelector("main>section:not(.off)>:is(fieldset,.grid,.info,dl):not(.off)") ?? form.querySelector(".start")
        : form.querySelector("main");
      const parts = [...shown.querySelectorAll("h1,h2,h3,legend,label,dt,dd p,.start>p,.info p,p.soft")].concat(shown.matches(".start") ? [...shown.children] : [])
        .filter((part) => part.getClientRects().length && !part.closest(".note"));
      for (const part of parts) {
        const said = Object.assign(new SpeechSynthesisUtterance(part.textContent), { lang: root.lang, voice: mine() });
        said.onend = tell;
        talk.speak(said);
      }
      tell();
    });
    const mine = () => talk.getVoices().find((one) => one.localService !== false && one.lang.toLowerCase().startsWith(root.lang));
    aloud.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9v6h4l5 4V5L8 9zM16 8.5a5 5 0 010 7M18.5 6a8.5 8.5 0 010 12"/></svg>';
    const tell = () => {
      const busy = talk.speaking || talk.pending;
      aloud.ariaPressed = String(busy);
      aloud.ariaLabel = aloud.title = busy ? words.quiet : words.read;
    };
    tell();
    const offer = () => { if (mine()) tools.append(aloud); };
    talk.addEventListener?.("voiceschanged", offer);
    addEventListener("pagehide", () => talk.cancel());
    addEventListener("popstate", () => talk.cancel());
    form.addEventListener("click", (event) => { if (event.target.closest(".step,.way,.review button")) talk.cancel(); });
    offer();
  }

  fetch(from).then((answer) => answer.json()).then(begin).catch(() => { /* the form is whole without */ });
})();
