/* The menus are <details> that work alone; with script, Escape and a click elsewhere close them too. */
const openMenus = () => document.querySelectorAll("details.hd-menu[open], details.gh-menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
