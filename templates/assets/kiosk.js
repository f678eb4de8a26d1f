// A tablet that is passed from hand to hand: who leaves is asked, then everything is wiped; after
// sending, the next person begins; the way back never leads into somebody's answers.
"use strict";
(() => {
  const screen = document.querySelector("[data-kiosk]");
  if (!screen) return;
  document.documentElement.classList.add("scripted", "kiosk");
  const QUIET = 60, ASK = 10, THANKS = 15;
  const start = screen.dataset.kiosk, which = screen.dataset.screen;
  const form = screen.matches("form") ? screen : null;
  let gone = false;
  function begin() {
    gone = true;
    document.documentElement.classList.add("kiosk-gone");
    form?.reset();
    location.replace(start);
  }

  // A page out of the browser's memory, or reached by going back, is somebody else's.
  addEventListener("pageshow", (event) => { if (event.persisted) begin(); });
  const way = performance.getEntriesByType("navigation")[0]?.type;
  if (way === "back_forward" && which !== "start") return begin();

  if (which === "start") {
    screen.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link) { event.preventDefault(); location.replace(link.href); }
    });
    return;
  }

  let last = Date.now();
  const say = (timer, seconds) => {
    const text = timer.dataset.text.replace("{n}", Math.max(0, Math.ceil(seconds)));
    if (timer.textContent !== text) timer.textContent = text;
  };
  const touched = (then) => {
    for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
      addEventListener(kind, then, { capture: true, passive: true });
    }
  };
  // The clock of a tablet may be set while somebody answers; backwards counts as no time at all.
  const quiet = () => { if (Date.now() < last) last = Date.now(); return (Date.now() - last) / 1000; };
  const watch = (look) => {
    setInterval(() => { if (!gone) look(); }, 500);
    addEventListener("visibilitychange", () => { if (!document.hidden && !gone) look(); });
  };

  if (which === "thanks") {
    const timer = screen.querySelector("[role=timer]");
    screen.querySelector("[data-next]").addEventListener("click", (event) => { event.preventDefault(); begin(); });
    touched(() => { last = Date.now(); });
    const look = () => (quiet() >= THANKS ? begin() : say(timer, THANKS - quiet()));
    look();
    return watch(look);
  }

  const dialog = document.getElementById("kiosk-still");
  const timer = dialog.querySelector("[role=timer]");
  const close = () => (dialog.close ? dialog.close() : dialog.removeAttribute("open"));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector("[data-stay]").addEventListener("click", () => { last = Date.now(); close(); });
  dialog.querySelector("[data-next]").addEventListener("click", begin);
  touched(() => { if (!dialog.open) last = Date.now(); });
  watch(() => {
    if (quiet() >= QUIET + ASK) return begin();
    if (quiet() < QUIET) return;
    say(timer, QUIET + ASK - quiet());
    if (!dialog.open) dialog.showModal ? dialog.showModal() : dialog.setAttribute("open", "");
  });

  // Sent by the script, so that the page with the answers is replaced and not left behind.
  const failed = document.getElementById("kiosk-not-sent");
  let busy = false;
  document.addEventListener("submit", async (event) => {
    const by = event.submitter;
    if (event.target !== form || event.defaultPrevented || ["_lang", "_add"].includes(by?.name)) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const data = new FormData(form);
    if (by?.name) data.append(by.name, by.value);
    const parts = form.enctype === "multipart/form-data";
    try {
      const body = parts ? data : new URLSearchParams(data);
      const answer = await fetch(form.action, { method: "POST", body, cache: "no-store" });
      if (answer.redirected && answer.url.endsWith("/thanks")) { gone = true; return location.replace(answer.url); }
      if (answer.status >= 500) throw new Error(answer.statusText);
      // Something is to be put right: the page that says so comes the ordinary way.
      if (by?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: by.name, value: by.value }));
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      form.querySelector("main").append(failed);
      failed.hidden = false;
      failed.scrollIntoView({ block: "center" });
    }
    busy = false;
  });
})();
