// Typing a sheet in, one question at a time and with the keyboard alone: the sign, then Enter.
// What is not asked is skipped, as the server would drop it; arrow up goes back. Without this script
// the same form is one long page.
"use strict";
(() => {
  const form = document.querySelector("form.keyin");
  if (!form) return;
  form.classList.add("on");
  const steps = [...form.querySelectorAll(".step")];
  const button = form.querySelector("button.go");
  const far = form.querySelector(".far");
  const last = document.createElement("p");
  last.className = "last";
  form.insertBefore(last, steps[0]);
  far.hidden = false;
  for (const step of steps) step.hidden = false;

  // The signs of a question are listed where it comes first.
  const keys = new Map();
  for (const step of steps) {
    const listed = [...step.querySelectorAll("[data-key]")].map((item) =>
      ({ key: item.dataset.key, value: item.dataset.value, says: item.querySelector("span").textContent }));
    if (listed.length) keys.set(step.dataset.question, listed);
  }
  const inputOf = (step) => step.querySelector("input,textarea");
  const typed = (step) => { const text = inputOf(step).value.trim(); return text === "-" ? "" : text; };
  const keysOf = (step) => keys.get(step.dataset.question) ?? [];
  const find = (step, sign) => keysOf(step).find((one) => one.key === sign.toLowerCase());
  const rules = new Map(steps.filter((step) => step.dataset.rule).map((step) => [step, JSON.parse(step.dataset.rule)]));
  const byField = new Map(steps.filter((step) => step.dataset.field).map((step) => [step.dataset.field, step]));

  function signs(step) {
    const text = typed(step);
    if (!["several", "order"].includes(step.dataset.kind)) return text ? [text] : [];
    const single = keysOf(step).every((one) => one.key.length === 1);
    return text.split(single ? "" : /[\s,;+.]+/).filter((sign) => !/^[\s,;+.]?$/.test(sign));
  }
  function answer(step) {
    if (!step || !isAsked(step)) return null;
    const text = typed(step);
    if (!text) return null;
    const found = signs(step).map((sign) => find(step, sign)?.value);
    if (step.dataset.kind === "amount" && !found[0]) return Number(text.replace(",", "."));
    return found.filter(Boolean);
  }
  const compare = {
    "=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b,
    "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };
  function holds(rule, step) {
    if (rule.all) return rule.all.every((one) => holds(one, step));
    if (rule.any) return rule.any.some((one) => holds(one, step));
    if (rule.not) return !holds(rule.not, step);
    const near = step.dataset.field.split(".").slice(0, -1).concat(rule.q).join(".");
    const said = answer(byField.get(near) ?? byField.get(rule.q));
    const codes = Array.isArray(said) ? said : [];
    if (rule.in) return codes.some((code) => rule.in.includes(code));
    if (rule.isnt) return codes.length > 0 && !codes.includes(rule.isnt);
    if (rule.is) return typeof said === "number" && compare[rule.is](said, rule.n);
    if (rule.count) return compare[rule.count](codes.length, rule.n);
    return said !== null && said.length !== 0;
  }
  // A group ends where "one more" was left empty.
  const place = (step) => {
    const field = step.dataset.field ?? steps[steps.indexOf(step) + 1]?.dataset.field ?? "";
    const [group, repeat] = field.split(".");
    return { group, repeat: Number(repeat) };
  };
  const more = steps.filter((step) => step.dataset.more);
  const isFilled = (group, repeat) => steps.some((step) =>
    step.dataset.field?.startsWith(`${group}.${repeat}.`) && typed(step));
  for (const step of more) {
    const { group, repeat } = place(step);
    if (isFilled(group, repeat)) inputOf(step).value = "1";
  }
  const isOver = (step) => {
    const { group, repeat } = place(step);
    return more.some((one) => {
      const at = place(one);
      return one !== step && at.group === group && at.repeat <= repeat && !typed(one);
    });
  };
  function isAsked(step) {
    if (isOver(step)) return false;
    const rule = rules.get(step);
    return !rule || holds(rule, step);
  }

  function means(step) {
    const text = inputOf(step).value.trim();
    if (text === "-" || (text === "" && step.dataset.more === undefined)) return text ? form.dataset.nothing : "";
    return signs(step).map((sign) => find(step, sign)?.says ?? "").filter(Boolean).join(", ");
  }
  function wrong(step) {
    if (["one", "several", "order"].includes(step.dataset.kind)) {
      const unknown = signs(step).find((sign) => !find(step, sign));
      const all = keysOf(step).map((one) => one.key).join(" ");
      if (unknown) return form.dataset.wrong.replace("{key}", unknown).replace("{keys}", all);
    }
    return "";
  }

  let now = -1;
  function show(at) {
    steps[now]?.classList.remove("now");
    now = at;
    const step = steps[now];
    form.classList.toggle("end", !step);
    const asked = steps.filter((one) => one.dataset.field && isAsked(one));
    const place = step ? asked.indexOf(step) : asked.length;
    far.querySelector("output").textContent = `${Math.max(place, 0) + (step ? 1 : 0)} / ${asked.length}`;
    far.firstElementChild.style.setProperty("inline-size", `${100 * Math.max(place, 0) / Math.max(asked.length, 1)}%`);
    if (!step) return button.focus();
    step.classList.add("now");
    step.querySelector(".means")?.replaceChildren(means(step));
    if (!step.querySelector(".keys") && keysOf(step).length) {
      const list = steps.find((one) => one.dataset.question === step.dataset.question && one.querySelector(".keys"));
      step.append(list.querySelector(".keys").cloneNode(true));
    }
    inputOf(step).focus();
    inputOf(step).select();
  }
  function move(by) {
    let at = now + by;
    while (steps[at] && !isAsked(steps[at])) at += by;
    if (at < 0) return;
    const left = steps[now];
    if (left?.dataset.field && by > 0) {
      const said = means(left) || inputOf(left).value || form.dataset.nothing;
      last.textContent = `${left.querySelector("b").textContent}: ${said}`;
    }
    show(Math.min(at, steps.length));
  }

  form.addEventListener("input", ({ target }) => {
    const step = target.closest(".step");
    if (!step) return;
    step.querySelector(".means")?.replaceChildren(means(step));
    const said = step.querySelector(".wrong");
    if (said) said.hidden = true;
    step.classList.remove("err");
  });
  form.addEventListener("keydown", (event) => {
    const step = event.target.closest(".step");
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowUp" && (step || event.target === button)) {
      const area = event.target.tagName === "TEXTAREA" && event.target.selectionStart > 0;
      if (area) return;
      event.preventDefault();
      move(-1);
    } else if (step && event.key === "Enter" && !(event.target.tagName === "TEXTAREA" && event.shiftKey)) {
      event.preventDefault();
      const said = wrong(step);
      if (said) {
        step.classList.add("err");
        step.querySelector(".wrong").hidden = false;
        step.querySelector(".wrong").textContent = said;
        inputOf(step).select();
        return;
      }
      move(1);
    }
  });
  // What was typed into questions that are not asked does not go along.
  form.addEventListener("submit", () => {
    for (const step of steps) if (step.dataset.field && !isAsked(step)) inputOf(step).value = "";
  });
  const first = steps.findIndex((step) => step.classList.contains("err"));
  show(Math.max(first, 0));
})();
