// Select2's boxes stand in for a <select> and forget its label: give it back, on rows added later too.
"use strict";
const nameBoxes = () => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select && select.labels && select.labels[0];
    if (!label) continue;
    label.id ||= `${select.id}_label`;
    const shown = box.querySelector(".select2-selection__rendered");
    for (const part of [box, shown]) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", label.textContent.trim());
    }
    const field = box.querySelector(".select2-search__field");
    if (field) field.setAttribute("aria-label", label.textContent.trim());
  }
};
nameBoxes();
new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
