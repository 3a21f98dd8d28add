// A sheet that was changed and not saved is not left without a word. Without script, the page says it in words.
"use strict";
const form = document.querySelector("[data-guard]");
if (form) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
