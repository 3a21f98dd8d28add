/* The header menu is a <details> that works alone; with script, Escape and a click elsewhere close it too. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.hd-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.hd-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
