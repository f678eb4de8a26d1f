// A one-time code comes in the part of the address that no server sees. It goes into its field, and
// out of the address bar: whoever looks over a shoulder or at the history finds no code.
"use strict";
(() => {
  function fill() {
    const field = document.querySelector("input[name=_code]"), code = location.hash.slice(1);
    if (!field || code.replace(/[^0-9a-z]/gi, "").length !== 13) return;
    field.value = code.toUpperCase().replace(/^(.{4})(.{4})(.{5})$/, "$1-$2-$3");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  fill();
  addEventListener("hashchange", fill);
})();
