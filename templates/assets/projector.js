// Keys and taps of the projector and its remote. A key presses the button or link that names it; a
// tap is sent without leaving the page. Without this script the same buttons and links do the same.
"use strict";
(() => {
  const turned = { ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" };
  const strip = document.querySelector(".strip");

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const on = document.activeElement;
    if (on?.matches("input, textarea, select")) return;
    let key = event.key === " " ? "space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // A button that has the focus is pressed by the space bar anyway.
    if (key === "space" && on?.matches("button, a, summary")) return;
    // On a screen that reads from right to left, onward is to the left.
    if (strip && document.documentElement.dir === "rtl") key = turned[key] ?? key;
    if (key === "f" && strip) {
      event.preventDefault();
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen?.().catch(() => {});
      return;
    }
    const all = [...document.querySelectorAll("[data-keys]")];
    const one = all.find((one) => one.dataset.keys.split(" ").includes(key));
    if (!one) return;
    event.preventDefault();
    one.click();
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".remote")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") document.dispatchEvent(new Event("refresh"));
      else location.reload();
    } catch {
      document.body.classList.add("cut-off");
    }
  });

  // The buttons on the screen itself are seen while somebody moves the mouse.
  let still;
  document.addEventListener("mousemove", () => {
    document.body.classList.add("moved");
    clearTimeout(still);
    still = setTimeout(() => document.body.classList.remove("moved"), 2500);
  });
})();
