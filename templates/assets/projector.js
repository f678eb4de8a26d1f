// The projector's keys: arrows turn, N hides or shows the notes, B blanks the screen.
// The next page is asked for beforehand; without this script the links do the same.
const go = (rel) => document.querySelector(`a[rel=${rel}]`)?.click();
const backwards = document.documentElement.dir === "rtl";
const keys = {
  ArrowRight: () => go(backwards ? "prev" : "next"),
  ArrowLeft: () => go(backwards ? "next" : "prev"),
  PageDown: () => go("next"),
  PageUp: () => go("prev"),
  " ": () => go("next"),
  n: () => document.body.classList.toggle("alone"),
  b: () => document.body.classList.toggle("blank"),
};
document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (keys[key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    keys[key]();
  }
});
const next = document.querySelector("a[rel=next]");
if (next) {
  const link = document.createElement("link");
  link.rel = "prefetch";
  link.href = next.href;
  document.head.append(link);
}

// What the room says is the only thing that changes while a screen is shown.
const notes = document.querySelector(".notes");
setInterval(async () => {
  if (document.hidden || !notes) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(".notes");
  if (fresh && fresh.textContent !== notes.textContent) notes.replaceChildren(...fresh.childNodes);
}, 10000);
