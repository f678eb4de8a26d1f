// What a questionnaire asks for once it stands: nothing here is needed to answer.
"use strict";
(() => {
  document.documentElement.classList.add("later");
})();
