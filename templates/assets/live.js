// A page that changes while people look: <body data-live="address"> names a stream that says *that*
// something changed, and every element with an id and `data-fresh` is then taken anew from this
// page's own address. Without this script the page is loaded anew by hand or by itself.
"use strict";
(() => {
  const from = document.body.dataset.live;
  if (!from) return;
  let busy = false, again = false, source = null, tries = 0;

  const adopt = (page) => {
    for (const old of document.querySelectorAll("[data-fresh][id]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.isEqualNode(old)) continue;
      const open = [...old.querySelectorAll("details[open][id]")].map((one) => one.id);
      const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(fresh);
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    }
    const root = document.documentElement, now = page.documentElement;
    for (const name of ["lang", "dir"]) if (root[name] !== now[name]) root[name] = now[name];
    if (document.title !== page.title) document.title = page.title;
    document.dispatchEvent(new Event("fresh"));
  };

  async function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      // Signed out meanwhile: the page itself says what to do.
      if (answer.redirected) return location.reload();
      if (answer.ok) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
      document.body.classList.toggle("cut-off", !answer.ok);
    } catch {
      document.body.classList.add("cut-off");
    } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  }

  const listen = () => {
    source?.close();
    source = new EventSource(from);
    for (const name of ["listening", "screen", "said"]) source.addEventListener(name, refresh);
    source.addEventListener("error", () => document.body.classList.add("cut-off"));
  };
  // Where nothing is heard for whatever reason, the page asks by itself; now and then in any case,
  // since a proxy may hold news back, or another server may have it.
  setInterval(() => {
    tries += 1;
    const open = source?.readyState === EventSource.OPEN;
    if (document.hidden || (open && tries % 4 !== 0)) return;
    refresh();
    if (source?.readyState === EventSource.CLOSED && tries % 4 === 0) listen();
  }, 5000);
  listen();
  document.addEventListener("refresh", refresh);
  window.addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
})();
