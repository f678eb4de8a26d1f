// What a questionnaire does with a script: it hides what is not asked (the server drops it anyway)
// and unticks what cannot stand beside "none of these". The rule's grammar is that of
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
  document.documentElement.classList.add("scripted");
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

  // "None of these" stands alone; anything else takes its tick away.
  function unite(ticked) {
    if (ticked.type !== "checkbox" || !ticked.checked) return;
    for (const other of form.querySelectorAll(`input[name="${CSS.escape(ticked.name)}"]:checked`)) {
      if (other !== ticked && (other.hasAttribute("data-alone") || ticked.hasAttribute("data-alone"))) other.checked = false;
    }
  }

  form.addEventListener("change", (event) => { unite(event.target); settle(); });
  addEventListener("pageshow", settle);
  // One more stop without a signal.
  document.addEventListener("miradouro:more", ({ detail }) => { learn(detail); settle(); });
  settle();

  // What can wait is asked for once the page stands.
  if (form.dataset.later) addEventListener("load", () => {
    document.head.append(Object.assign(document.createElement("script"), { src: form.dataset.later }));
  });
})();
