// The wall of the room: what has just come in is marked for a while and brought into view.
"use strict";
(() => {
  const LONG = 8000;
  // Its number may change when others come in: it is known by its words and its verdict.
  const key = (li) => ["blockquote", ".verdict"].map((of) => li.querySelector(of)?.textContent).join("\n");
  // Until when each is new: the page may be taken anew meanwhile, and the mark stays.
  const until = new Map([...document.querySelectorAll(".voices li")].map((li) => [key(li), 0]));
  const mark = () => {
    for (const li of document.querySelectorAll(".voices li")) {
      li.classList.toggle("new", (until.get(key(li)) ?? 0) > performance.now());
    }
  };
  document.addEventListener("fresh", () => {
    const fresh = [...document.querySelectorAll(".voices li")].filter((li) => !until.has(key(li)));
    for (const li of fresh) until.set(key(li), performance.now() + LONG);
    mark();
    const calm = matchMedia("(prefers-reduced-motion:reduce)").matches;
    fresh[0]?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    if (fresh.length) setTimeout(mark, LONG + 50);
  });
})();
