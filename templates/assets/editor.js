// Saves a card when it is left; what the server has not taken stays on this device.
// Without it every card has its button.
const $ = (id, page = document) => page.getElementById(id);
const all = (what, of = document) => [...of.querySelectorAll(what)];
const editor = document.querySelector(".editor");
let { revision } = editor.dataset;
let saved = $("status").textContent;
let queue = Promise.resolve();
const phone = $("preview").contentWindow;
const cards = () => all(".q > form.f");
const key = ({ elements: { at, of } }) =>
  `${editor.dataset.draft} ${at.value.replace(/\d/g, "")} ${of.value}`;
const pairs = (form) => {
  const data = new URLSearchParams(new FormData(form));
  data.set("revision", form.dataset.based ?? revision);
  return data;
};
const say = (text, kept = false) => {
  $("status").textContent = text;
  $("status").classList.toggle("kept", kept);
};
const kept = () => say($("status").dataset.kept, true);
const keep = (form) => {
  form.dataset.based ??= revision;
  localStorage.setItem(key(form), pairs(form));
};
const isDirty = (form) => "based" in form.dataset;

// What could not be saved is put back.
function restore() {
  for (const form of cards()) {
    const stored = new URLSearchParams(localStorage.getItem(key(form)) ?? "");
    if (!stored.size) continue;
    for (const field of form.elements) {
      const sent = stored.getAll(field.name);
      if (field.type === "checkbox") field.checked = sent.includes(field.value);
      else if (!/hidden|submit/.test(field.type) && sent.length) field.value = sent.at(-1);
    }
    form.dataset.based = stored.get("revision");
    form.parentElement.open = true;
  }
}

// Puts the page that came back around what is being typed.
function take(html, whole, before) {
  const page = new DOMParser().parseFromString(html, "text/html");
  ({ revision } = page.querySelector(".editor").dataset);
  saved = $("status", page).textContent;
  for (const form of cards()) {
    // Only this save lies between what another card was based on and now.
    if (form.dataset.based !== before) continue;
    form.dataset.based = revision;
    keep(form);
  }
  const swap = (id) => $(id, page) && $(id)?.replaceWith($(id, page));
  swap("lint");
  if (whole) {
    const open = all("#cards details[id][open]").map((one) => one.id);
    const { form, name } = document.activeElement;
    const at = form?.elements.at?.value;
    swap("cards");
    for (const id of open) $(id)?.setAttribute("open", "");
    const field = cards().find((one) => one.elements.at.value === at)?.elements[name];
    (field?.focus ? field : field?.[0])?.focus();
    restore();
  } else {
    for (const { parentElement: { id } } of cards()) swap(`${id}.sum`), swap(`${id}.faults`);
  }
  for (const field of all("[name=revision]")) field.value = revision;
  const top = phone.scrollY;
  $("preview").onload = () => phone.scrollTo(0, top);
  phone.location.reload();
}

async function send(form, button) {
  const isCard = "of" in form.elements;
  if (!button && !isDirty(form)) return true;
  const anew = form.querySelector("[data-touched]")
    || all("[name^='new.']", form).some((field) => field.value);
  const body = pairs(form);
  const typed = body.toString();
  if (button) body.set("do", button.value);
  say($("status").dataset.saving);
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer || answer.status >= 500) return isCard && keep(form), kept(), false;
  if (!answer.ok && answer.status !== 422) {
    // A page with both texts follows.
    form.elements.revision.value = body.get("revision");
    form.submit();
    return false;
  }
  const html = await answer.text();
  const whole = button || anew || !answer.ok;
  if (answer.ok && isCard) {
    const same = whole || typed === pairs(form).toString();
    delete form.dataset.based;
    localStorage.removeItem(key(form));
    if (!same) keep(form);
  }
  take(html, whole, body.get("revision"));
  say(saved);
  if (answer.ok && button) show(new URL(answer.url).hash);
  return answer.ok;
}
const later = (form, button) => (queue = queue.then(() => send(form, button)).catch(kept));
async function flush() {
  for (const form of cards()) if (isDirty(form) && !(await later(form))) return false;
  return true;
}
function show(hash) {
  const card = $(decodeURIComponent(hash.slice(1)));
  card?.setAttribute("open", "");
  card?.scrollIntoView({ block: "nearest" });
  const question = $(card?.querySelector("[name=of]")?.value, phone.document);
  if (question) phone.scrollBy(0, question.getBoundingClientRect().top - 99);
}

const on = (event, what) => editor.addEventListener(event, what, true);
on("input", ({ target }) => {
  if (!target.form?.matches(".q > form")) return;
  if (target.matches("[data-again]")) target.dataset.touched = 1;
  keep(target.form);
});
on("change", ({ target }) => target.matches("select,[type=checkbox]") && target.form && later(target.form));
on("focusout", ({ target: { form }, relatedTarget }) => {
  if (form && isDirty(form) && !form.contains(relatedTarget)) later(form);
});
on("submit", (event) => {
  const form = event.target;
  if (!form.elements.at) return;
  event.preventDefault();
  const button = event.submitter?.value ? event.submitter : null;
  if (form.elements.of && !button) keep(form);
  flush().then((done) => done && button && later(form, button));
});
on("toggle", ({ target }) => target.open && target.matches(".q") && show(`#${target.id}`));
// Alt and an arrow move what has the focus.
on("keydown", (event) => {
  const way = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const part = way && event.target.closest(".list li, .q");
  const button = part?.querySelector?.(`button[value="${way} ${part.id}"]:enabled`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
for (const event of ["hashchange", "load"]) addEventListener(event, () => show(location.hash));
addEventListener("online", flush);
setInterval(() => $("status").matches(".kept") && flush(), 15000);
restore();
flush();
