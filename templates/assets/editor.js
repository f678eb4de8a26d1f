// The editor without waiting: a card is saved when it is left, and what the server has not taken
// yet stays on this device. Without this script every card has its Save button.
const editor = document.querySelector(".editor");
const status = document.querySelector("#status");
const frame = document.querySelector("#preview");
const draft = editor.dataset.draft;
const key = (form) => `${draft} ${form.elements.at.value} ${form.elements.of.value}`;
const cards = () => [...document.querySelectorAll(".q > form.f")];
let revision = editor.dataset.revision;
let saved = status.textContent;
let queue = Promise.resolve();

const pairs = (form, button) => {
  const data = new URLSearchParams(new FormData(form));
  data.set("revision", form.dataset.based ?? revision);
  if (button) data.set("do", button.value);
  return data;
};
const say = (text, kept) => {
  status.textContent = text;
  status.classList.toggle("kept", Boolean(kept));
};

// What is typed is kept here until the server says that it has it.
function keep(form) {
  form.dataset.dirty = "1";
  form.dataset.based ??= revision;
  localStorage.setItem(key(form), pairs(form).toString());
}
function forget(form) {
  delete form.dataset.dirty;
  delete form.dataset.based;
  localStorage.removeItem(key(form));
}
function put(form, data) {
  for (const field of form.elements) {
    if (["revision", "at", "of", "lang", "do", ""].includes(field.name)) continue;
    const sent = data.getAll(field.name);
    if (field.type === "checkbox") field.checked = sent.includes(field.value);
    else if (field.type !== "hidden" && sent.length) field.value = sent.at(-1);
  }
}

// The page that came back, put in place around what is being typed.
function take(html, whole) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector(".editor");
  if (!fresh) return false;
  revision = fresh.dataset.revision;
  saved = page.querySelector("#status").textContent;
  for (const field of document.querySelectorAll("input[name=revision]")) field.value = revision;
  const swap = (id) => {
    const [old, now] = [document.getElementById(id), page.getElementById(id)];
    if (old && now) old.replaceWith(now);
  };
  swap("lint");
  if (whole) {
    const open = [...document.querySelectorAll("details[open]")].map((one) => one.id);
    const [at, name] = [document.activeElement?.form?.elements.at?.value, document.activeElement?.name];
    swap("cards");
    for (const id of open) if (id) document.getElementById(id)?.setAttribute("open", "");
    const form = cards().find((one) => one.elements.at.value === at);
    const field = form?.elements[name];
    (field?.focus ? field : field?.[0])?.focus();
  } else {
    for (const form of cards()) {
      swap(`${form.parentElement.id}.sum`);
      swap(`${form.parentElement.id}.faults`);
    }
  }
  const top = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
  frame.contentWindow.location.reload();
  return true;
}

async function send(form, button) {
  if (!button && !form.dataset.dirty) return true;
  const again = form.querySelector("[data-again][data-touched]");
  const more = [...form.querySelectorAll("[name^='new.']")].some((field) => field.value);
  const data = pairs(form, button);
  say(editor.querySelector("#status").dataset.saving);
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: data });
  } catch {
    answer = null;
  }
  if (!answer || answer.status >= 500) {
    if (form.elements.of) keep(form);
    say(status.dataset.kept, true);
    return false;
  }
  const html = await answer.text();
  if (answer.status === 409 || (!answer.ok && answer.status !== 422)) {
    form.elements.revision.value = data.get("revision");
    form.submit();
    return false;
  }
  const same = pairs(form).toString() === new URLSearchParams([...data].filter(([name]) => name !== "do")).toString();
  if (answer.ok && form.elements.of && (same || button)) forget(form);
  if (answer.ok) delete form.dataset.based;
  take(html, button || again || more || answer.status === 422);
  say(saved);
  if (answer.ok && button) show(new URL(answer.url).hash.slice(1));
  return answer.ok;
}
const later = (form, button) => (queue = queue.then(() => send(form, button)).catch(() => false));
async function all() {
  for (const form of cards()) if (form.dataset.dirty && !(await later(form))) return false;
  return true;
}
function show(id) {
  const card = document.getElementById(id);
  if (!card) return;
  card.closest("details")?.setAttribute("open", "");
  card.scrollIntoView({ block: "nearest" });
  const question = card.querySelector("input[name=of]")?.value;
  if (question) frame.contentDocument?.getElementById(question)?.scrollIntoView({ block: "center" });
}

editor.addEventListener("input", (event) => {
  const { form } = event.target;
  if (!form?.matches(".q > form.f")) return;
  keep(form);
  if (event.target.matches("[data-again]")) event.target.dataset.touched = "1";
});
editor.addEventListener("change", (event) => {
  if (event.target.form?.dataset.dirty && event.target.matches("select,[type=checkbox]")) later(event.target.form);
});
editor.addEventListener("focusout", (event) => {
  const form = event.target.form;
  if (form?.dataset.dirty && !form.contains(event.relatedTarget)) later(form);
});
editor.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.elements.revision || form.action.endsWith("/discard")) return;
  event.preventDefault();
  const button = event.submitter?.value ? event.submitter : null;
  if (form.elements.of && !button) keep(form);
  all().then((done) => done && button && later(form, button));
});
editor.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches(".q")) show(event.target.id);
}, true);
addEventListener("hashchange", () => show(decodeURIComponent(location.hash.slice(1))));
addEventListener("online", all);
setInterval(() => status.classList.contains("kept") && all(), 15000);
// Alt with an arrow moves the answer or the question that has the focus.
editor.addEventListener("keydown", (event) => {
  const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!way || !event.altKey) return;
  const part = event.target.closest(".list li, .q");
  const button = part?.querySelector(`button[value="${way} ${part.id}"]:not(:disabled)`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// What an earlier visit could not save is put back and sent.
for (const form of cards()) {
  const stored = localStorage.getItem(key(form));
  if (!stored) continue;
  const data = new URLSearchParams(stored);
  put(form, data);
  form.dataset.dirty = "1";
  form.dataset.based = data.get("revision");
  form.parentElement.open = true;
  say(status.dataset.kept, true);
}
all();
