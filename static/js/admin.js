// Select2's boxes stand in for a <select> and forget its label: give it back, on rows added later too.
"use strict";
const nameBoxes = () => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select && select.labels && select.labels[0];
    if (!label) continue;
    const shown = box.querySelector(".select2-selection__rendered");
    const isList = shown.tagName === "UL"; // it holds a button beside its lines: not what a list may hold
    for (const part of isList ? [box] : [box, shown]) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", label.textContent.trim());
    }
    if (isList) for (const part of [shown, ...shown.querySelectorAll("li")]) part.setAttribute("role", "none");
    const field = box.querySelector(".select2-search__field");
    if (field) field.setAttribute("aria-label", label.textContent.trim());
  }
};
nameBoxes();
new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
