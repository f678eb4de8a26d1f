// What a questionnaire does with a script: it hides what is not asked (the server drops it anyway),
// unticks what cannot stand beside "none of these", and shows one question at a time where the
// instrument wants it. Whatever fails here, the page stays whole and can be sent. The rule's grammar is that of
// src/domain/condition.rs; both are held to tests/surveys/rules.json.
"use strict";
(() => {
  const word = /^[\p{L}\p{N}_-]/u;
  const signs = {
    "=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b,
    "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };

  // A rule as a function of `get`, which gives the answer to a question.
  function parse(text) {
    const words = text.match(/[\p{L}\p{N}_-][\p{L}\p{N}_.-]*|[=!<>]=?|[()[\],]|\S/gu) ?? [];
    let next = 0;
    const bad = () => { throw new SyntaxError(text); };
    const take = (wanted) => words[next] === wanted && ++next;
    const expect = (wanted) => take(wanted) || bad();
    const name = () => (word.test(words[next] ?? "") ? words[next++] : bad());
    const number = () => { const n = Number(name()); return Number.isNaN(n) ? bad() : n; };
    const sign = () => signs[words[next++]] ?? bad();
    const codes = (answer) => (answer == null || typeof answer === "number" ? [] : [answer].flat());
    const some = (one, joiner, all) => {
      const rules = [one()];
      while (take(joiner)) rules.push(one());
      return (get) => (all ? rules.every((rule) => rule(get)) : rules.some((rule) => rule(get)));
    };
    const any = () => some(all, "or", false);
    const all = () => some(not, "and", true);
    function not() {
      if (take("not")) { const rule = not(); return (get) => !rule(get); }
      if (take("(")) { const rule = any(); expect(")"); return rule; }
      return comparison();
    }
    function comparison() {
      const id = name();
      if ((id === "answered" || id === "count") && take("(")) {
        const of = name();
        expect(")");
        if (id === "answered") return (get) => get(of) != null;
        const holds = sign(), than = number();
        return (get) => holds(codes(get(of)).length, than);
      }
      if (take("in")) {
        expect("[");
        const list = [name()];
        while (take(",")) list.push(name());
        expect("]");
        return (get) => codes(get(id)).some((code) => list.includes(code));
      }
      const holds = sign();
      if (holds === signs["="]) { const code = name(); return (get) => codes(get(id)).includes(code); }
      if (holds === signs["!="]) {
        const code = name();
        return (get) => { const given = codes(get(id)); return given.length > 0 && !given.includes(code); };
      }
      const than = number();
      return (get) => { const given = get(id); return typeof given === "number" && holds(given, than); };
    }
    const rule = any();
    return next === words.length ? rule : bad();
  }
  globalThis.miradouro = { holds: (rule, answers) => parse(rule)((id) => answers[id]) };

  const form = document.querySelector("form");
  if (!form) return;
  const rules = new Map();
  const learn = (within) => {
    for (const part of within.querySelectorAll("[data-if]")) rules.set(part, parse(part.dataset.if));
  };
  learn(form);
  const own = (part) => part.closest("fieldset[id]");

  // What a field says now; what is hidden says nothing.
  function said(field) {
    const inputs = [...field.querySelectorAll("input,select")].filter((it) =>
      own(it) === field && !it.closest("[hidden]") && !(it.selectedOptions?.[0]?.hidden));
    const kinds = new Set(inputs.map((it) => it.type));
    const chosen = inputs.filter((it) => (it.matches("[type=radio],[type=checkbox]") ? it.checked : it.value));
    if (chosen.length === 0) return null;
    const codes = chosen.map((it) => it.value);
    if (kinds.has("checkbox") || inputs.filter((it) => it.tagName === "SELECT").length > 1) return codes;
    const number = chosen.find((it) => it.matches(".n"));
    return number ? Number(number.value.replace(",", ".")) : codes[0];
  }

  function settle() {
    const answers = new Map();
    for (const part of form.querySelectorAll("fieldset[id],section[data-if]")) {
      const prefix = (part.id ?? "").match(/^(.*\.\d+\.)?/)[0];
      const get = (id) => (answers.has(prefix + id) ? answers.get(prefix + id) : answers.get(id));
      const shows = (it) => !rules.has(it) || rules.get(it)(get);
      part.hidden = !shows(part);
      for (const choice of part.querySelectorAll("label[data-if],option[data-if]")) {
        if (own(choice) === part) { choice.hidden = !shows(choice); if (choice.tagName === "OPTION") choice.disabled = choice.hidden; }
      }
      if (part.id && !part.closest("[hidden]") && !part.matches(".group")) answers.set(part.id, said(part));
    }
  }

  // What is laid out, in order; and what of it is asked now: not hidden, and with something to fill in.
  const items = [...form.querySelectorAll("main>section>:is(fieldset,.grid,.info)")];
  const asked = (item) => !(item.matches(".grid") ? item.firstElementChild : item).hidden &&
    (item.matches(".info") || [...item.querySelectorAll("input,select,textarea")].some((it) => !it.closest("[hidden]")));
  function count() {
    const those = items.filter((item) => asked(item) && item.querySelector(".count"));
    those.forEach((item, at) => {
      item.querySelector(".count").textContent =
        form.dataset.count.replace("{n}", at + 1).replace("{of}", those.length);
    });
  }

  // "None of these" stands alone; anything else takes its tick away.
  function unite(ticked) {
    if (ticked.type !== "checkbox" || !ticked.checked) return;
    for (const other of form.querySelectorAll(`input[name="${CSS.escape(ticked.name)}"]:checked`)) {
      if (other !== ticked && (other.hasAttribute("data-alone") || ticked.hasAttribute("data-alone"))) other.checked = false;
    }
  }

  form.addEventListener("change", (event) => { unite(event.target); settle(); count(); });
  addEventListener("pageshow", () => { settle(); count(); });
  // One more stop without a signal.
  document.addEventListener("miradouro:more", ({ detail }) => { learn(detail); settle(); });
  settle();
  count();
  document.documentElement.classList.add("scripted");

  // One question a screen: first what is said before, last all answers once more. The address
  // stays the same, and the browser's history holds the number of a screen and nothing else.
  let onward;
  function screens(kit) {
    const main = form.querySelector("main"), start = main.querySelector(".start");
    const [way, review, bar] = kit.content.children, [skip, go] = bar.children;
    const steps = [start, ...items, review], words = { next: go.textContent, ...go.dataset, ...review.dataset };
    let now = start;
    const standing = (step) => step === start || step === review || asked(step);
    const faulty = (step) => step.matches(".err") || step.querySelector(".err");
    const gate = (step) => (step.matches("[data-gate]") ? step : null);

    function show(step, moved) {
      now = step;
      if (step === review) globalThis.miradouro.review?.(review, items.filter(asked), (item) => turn(item, true));
      for (const one of steps) one.classList.toggle("off", one !== step);
      for (const section of main.querySelectorAll("main>section:not(.review)")) {
        section.classList.toggle("off", !section.contains(step));
        const first = items.find((item) => section.contains(item) && asked(item));
        for (const head of section.querySelectorAll(":scope>h2,:scope>p")) head.classList.toggle("off", first !== step);
      }
      form.classList.toggle("begun", step !== start);
      form.classList.toggle("end", step === review);
      form.classList.toggle("wrong", !!faulty(step));
      form.elements._at.value = steps.indexOf(step);
      skip.hidden = step === start || gate(step) || step.matches(".info");
      go.textContent = step === start ? words.start : words.next;
      if (!moved) return;
      const title = step === start ? main.querySelector("h1") : step.querySelector("legend,h3,h2");
      title.tabIndex = -1;
      scrollTo(0, 0);
      title.focus({ preventScroll: true });
    }
    // `back` is whether the review comes next rather than the next question.
    function turn(step, back) {
      history.pushState({ at: steps.indexOf(step), n: (history.state?.n ?? 0) + 1, back }, "");
      show(step, true);
    }
    const later = (step) => steps.slice(steps.indexOf(step) + 1).find(standing);
    onward = () => {
      // Without a yes at a gate nothing else needs to be filled in: the server says so at once.
      if (gate(now) && said(now)?.toString() !== "yes" && navigator.onLine) return form.submit();
      const back = history.state?.back;
      const wrong = back && steps.slice(steps.indexOf(now) + 1, -1).find((step) => asked(step) && faulty(step));
      turn(back ? wrong || review : later(now), back && !!wrong);
    };
    go.onclick = onward;
    skip.onclick = () => {
      for (const it of now.querySelectorAll("input,select,textarea")) {
        if (it.matches("[type=radio],[type=checkbox]")) it.checked = false; else if (it.type !== "hidden") it.value = "";
      }
      now.dispatchEvent(new Event("change", { bubbles: true }));
      onward();
    };
    way.onclick = () => {
      if (history.state?.n) return history.back();
      const before = steps.slice(0, steps.indexOf(now)).reverse().find(standing);
      history.replaceState({ ...history.state, at: steps.indexOf(before) }, "");
      show(before, true);
    };
    addEventListener("popstate", ({ state }) => {
      if (state?.at == null) return;
      const step = steps[state.at];
      show(standing(step) ? step : later(step), true);
    });
    main.addEventListener("click", (event) => {
      const to = event.target.closest(".sum a")?.hash;
      const field = to && document.getElementById(decodeURIComponent(to.slice(1)));
      const step = items.find((item) => item.contains(field));
      if (field && step) { event.preventDefault(); turn(step, true); }
    });

    form.querySelector(".top").prepend(way);
    main.querySelector(".send").before(review, bar);
    form.classList.add("screens");
    // After the server spoke: at the first fault, else where the form was sent from.
    const fault = () => steps.find((step) => step !== review && standing(step) && faulty(step));
    const wrong = fault(), first = wrong || steps[form.elements._at.defaultValue || 0] || start;
    history.replaceState({ at: steps.indexOf(first), n: 0, back: !!wrong }, "");
    show(first, first !== start);
    // The same where a script sent it.
    document.addEventListener("miradouro:wrong", () => { if (fault()) turn(fault(), true); });
  }
  const kit = form.querySelector("template");
  try {
    if (kit) screens(kit);
  } catch (error) {
    form.classList.remove("screens");
    form.querySelectorAll(".way,.review,.step").forEach((part) => part.remove());
    onward = null;
    console.error(error);
  }

  // The Enter key goes on; only the last screen sends. Whoever can send otherwise may take over.
  form.addEventListener("submit", (event) => {
    const by = event.submitter?.name;
    if (by === "_lang" || by === "_add") return;
    if (onward && !form.matches(".end")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      onward();
      return;
    }
    const detail = { submitter: event.submitter };
    if (!form.dispatchEvent(new CustomEvent("miradouro:send", { cancelable: true, bubbles: true, detail }))) event.preventDefault();
  });

  // What can wait is asked for once the page stands.
  if (form.dataset.later) addEventListener("load", () => {
    document.head.append(Object.assign(document.createElement("script"), { src: form.dataset.later }));
  });
})();
