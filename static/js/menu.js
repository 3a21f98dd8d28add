/* The menus are <details> that work alone; with script, Escape and a click elsewhere close them too. */
const openMenus = () => document.querySelectorAll("details.hd-menu[open], details.gh-menu[open], details.me[open]");
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
/* A swap that takes away the control one used leaves the focus on what replaced it: the heading of the results. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement && document.activeElement !== document.body) return;
  /* Going back settles a page without a target: the browser keeps its own focus then. */
  const target = event.detail.target;
  const heading = target && (document.getElementById(target.id) || event.detail.elt).querySelector("h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
});
