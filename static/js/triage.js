// Triage by keyboard: a letter chooses for the focused row, and goes to the next.
"use strict";
const form = document.getElementById("tri");
const rows = [...form.querySelectorAll(".tri-row")];
const count = document.getElementById("tri-count");
const KEYS = { g: "keep", p: "not_social", t: "later" };

const tell = () => {
  const n = form.querySelectorAll("input[type=radio]:checked").length;
  count.textContent = n === 0 ? "" : n === 1 ? count.dataset.one : count.dataset.many.replace("#", n);
};

const go = (row) => {
  if (!row) return;
  const radio = row.querySelector("input[type=radio]:checked") || row.querySelector("input[type=radio]");
  radio.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
};

form.addEventListener("keydown", (event) => {
  const row = event.target.closest(".tri-row");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = rows.indexOf(row);
  const choice = KEYS[event.key.toLowerCase()];
  if (choice) {
    row.querySelector(`input[value=${choice}]`).checked = true;
    tell();
    go(rows[place + 1] || row);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    go(rows[place + (event.key === "ArrowDown" ? 1 : -1)]);
  } else return;
  event.preventDefault();
});
form.addEventListener("change", tell);
form.addEventListener("reset", () => setTimeout(tell));
tell();
