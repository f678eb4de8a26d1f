// How many in the room are done, asked for every few seconds; without a script the page is loaded
// anew instead.
"use strict";
(() => {
  const place = document.querySelector("[data-count]"), all = document.getElementById("all");
  if (!place) return;
  const done = document.getElementById("done");
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.count, { cache: "no-store" });
      // Signed out meanwhile: the page itself says what to do.
      if (answer.redirected || !answer.ok) return location.reload();
      const came = Number(await answer.text()), now = String(Math.max(0, came - Number(place.dataset.since)));
      if (done.textContent !== now) done.textContent = now;
      all.textContent = all.dataset.text.replace("{n}", came);
    } catch { /* no signal just now: the number stays until there is one */ }
  }, 3000);
})();
