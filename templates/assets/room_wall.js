// The wall of the room: what has just come in is marked for a while and brought into view.
"use strict";
(() => {
  // Its number may change when others come in: it is known by its words and its verdict.
  const key = (li) => ["blockquote", ".verdict"].map((of) => li.querySelector(of)?.textContent).join("\n");
  let known = new Set([...document.querySelectorAll(".voices li")].map(key));
  document.addEventListener("fresh", () => {
    const all = [...document.querySelectorAll(".voices li")];
    const fresh = all.filter((li) => !known.has(key(li)));
    known = new Set(all.map(key));
    for (const li of fresh) li.classList.add("new");
    const calm = matchMedia("(prefers-reduced-motion:reduce)").matches;
    fresh[0]?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    setTimeout(() => { for (const li of fresh) li.classList.remove("new"); }, 8000);
  });
})();
