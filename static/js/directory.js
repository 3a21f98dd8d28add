// The directory's page: taking a filter away keeps one's place, a marker of the map narrows it, and a long list of boxes can be narrowed by typing.
"use strict";
const boxes = () => document.querySelectorAll("input[form=filtres]");
const places = () => document.querySelectorAll("#filtres [name=territoire]");

// The form says what the address says: boxes, words, and the places and codes that it carries along.
const followAddress = (asked) => {
  for (const box of boxes()) {
    const kept = asked.getAll(box.name).includes(box.value);
    if (box.type === "checkbox") box.checked = kept;
    else if (box.type === "hidden" && !kept) box.remove();
  }
  const form = document.getElementById("filtres");
  form.q.value = asked.get("q") || "";
  for (const code of form.querySelectorAll("[type=hidden][name=offre]")) {
    if (!asked.getAll("offre").includes(code.value)) code.remove();
  }
  for (const place of places()) place.remove();
  form.ou.value = "";
  for (const token of asked.getAll("territoire")) {
    const place = Object.assign(document.createElement("input"), { type: "hidden", name: "territoire", value: token });
    form.append(place);
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("#actifs a, .carte svg a[href*='vue=carte']");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const at = [...document.querySelectorAll("#actifs a")].indexOf(link);
  const address = new URL(link.getAttribute("href"), window.location.href);
  followAddress(address.searchParams);
  window.htmx.ajax("GET", address.pathname + address.search, { target: "#resultats", swap: "outerHTML" }).then(() => {
    if (at < 0) return; // on the map, menu.js leaves the focus on the sentence that says how many
    const left = document.querySelectorAll("#actifs a");
    const next = left[Math.min(at, left.length - 2)] || document.getElementById("actifs");
    if (next) next.focus({ preventScroll: true });
  });
});

const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
for (const list of document.querySelectorAll("fieldset[data-narrow]")) {
  const box = document.createElement("input");
  box.type = "search";
  box.className = "inp narrow";
  box.setAttribute("aria-label", list.dataset.narrow);
  box.placeholder = list.dataset.narrow;
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("input", () => {
    const typed = fold(box.value.trim());
    for (const label of list.querySelectorAll("label")) label.hidden = !fold(label.textContent).includes(typed);
  });
  list.before(box);
}
