// A tap on the map, or the phone's position, chooses a place in the list. Only that place is sent.
"use strict";
(() => {
  const files = {};
  const make = (tag, rest) => Object.assign(document.createElement(tag), rest);

  // How far a place is, then how large: nought inside a square or park.
  const far = (path, p) => {
    let least = path.parentNode.getAttribute("fill") !== "none" && path.isPointInFill(p) ? 0 : 1e9;
    for (let at = 0, end = path.getTotalLength(); at <= end; at++) {
      const { x, y } = path.getPointAtLength(at);
      least = Math.min(least, Math.hypot(x - p.x, y - p.y));
    }
    const { width, height } = path.getBBox();
    return [least, width * height, path.dataset.code];
  };

  let maps = 0;
  const dress = (box) => {
    const number = maps++;
    const { map: url, here, outside, far: none, lost } = box.dataset;
    const select = box.querySelector("select"), details = box.querySelector("details");
    const said = make("p", { role: "status" });
    select.after(said);
    let map;
    const say = (text) => { said.textContent = text; };
    const places = () => [...(map?.querySelectorAll("[data-code]") ?? [])];
    const mark = () => places().forEach((one) => one.classList.toggle("on", one.dataset.code === select.value));
    const point = (x, y) => Object.assign(map.createSVGPoint(), { x, y });
    const choose = (p) => {
      if (!map.querySelector(".area").isPointInFill(p)) return say(outside);
      const [[away, , code]] = places().map((one) => far(one, p)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      if (away > map.dataset.at.split(" ")[4]) return say(none);
      select.value = code;
      say(select.selectedOptions[0].text);
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const show = async () => {
      if (map) return;
      files[url] ??= fetch(url).then((answer) => (answer.ok ? answer.text() : Promise.reject()));
      const xml = (await files[url]).replaceAll(/(["#])map-/g, `$1map${number}-`);
      map = document.adoptNode(new DOMParser().parseFromString(xml, "image/svg+xml").documentElement);
      map.ariaHidden = true;
      box.querySelector("img").replaceWith(map);
      map.onclick = (tap) => choose(point(tap.clientX, tap.clientY).matrixTransform(map.getScreenCTM().inverse()));
      mark();
    };
    details.ontoggle = () => { if (details.open) show().catch(() => {}); };
    details.ontoggle();
    select.addEventListener("change", mark);
    if (!navigator.geolocation || !isSecureContext) return;
    const onclick = () => {
      details.open = true;
      navigator.geolocation.getCurrentPosition(({ coords }) => show().then(() => {
        const [x, y, east, south] = map.dataset.at.split(" ").map(Number);
        choose(point(x + coords.longitude * east, y + coords.latitude * south));
      }).catch(() => say(lost)), () => say(lost), { enableHighAccuracy: true, timeout: 15000 });
    };
    details.before(make("button", { type: "button", className: "skip", textContent: here, onclick }));
  };
  document.querySelectorAll("[data-map]").forEach(dress);
  // One more stop without a signal.
  document.addEventListener("miradouro:more", ({ detail }) => detail.querySelectorAll("[data-map]").forEach(dress));
})();
