// Printing needs a script, so its button comes with the script; without it, the browser's own menu prints.
"use strict";
for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
