// Suggestions while typing: a combobox as the ARIA practices describe it. Without script the field is a plain one.
"use strict";
const WAIT = 160; // ms without a key before asking

const makeCombobox = (frame) => {
  const field = frame.querySelector("input");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  list.id = `${field.id}-liste`;
  list.className = "sug-l";
  list.hidden = true;
  said.className = "vh";
  for (const [name, value] of Object.entries({ role: "listbox", "aria-label": frame.querySelector("label").textContent })) {
    list.setAttribute(name, value);
  }
  said.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) field.setAttribute(name, value);
  frame.append(list, said);
  let at = -1, timer = 0, asked = null, items = [], told = field.value;

  const close = () => {
    clearTimeout(timer);
    if (asked) asked.abort();
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const point = (to) => {
    if (list.children[at]) list.children[at].setAttribute("aria-selected", "false");
    at = to;
    const option = list.children[at];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const choose = (item) => {
    close();
    if (item.url) return window.location.assign(item.url);
    field.value = item.text;
    if (field.name === "q") field.form.requestSubmit();
    else field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (answer) => {
    items = answer.items;
    list.replaceChildren(...items.map((item, n) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      option.id = `${list.id}-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = item.text;
      kind.className = "muted";
      kind.textContent = item.kind;
      option.append(" ", kind);
      return option;
    }));
    at = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = !items.length;
    field.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = answer.said;
  };
  const ask = async () => {
    if (field.value.trim().length < 2) return close();
    if (asked) asked.abort();
    asked = new AbortController();
    const typed = new URLSearchParams([[field.name, field.value]]);
    try {
      const response = await fetch(`${frame.dataset.suggestions}?${typed}`, { signal: asked.signal });
      if (response.ok && document.activeElement === field) show(await response.json());
    } catch {
      // Away, or asked again meanwhile: the field stays a plain one.
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      point(at < 0 && step < 0 ? items.length - 1 : (at + step + items.length + 1) % (items.length + 1));
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      const chosen = open && items[at];
      close();
      if (!chosen) return;
      event.preventDefault();
      choose(chosen);
    }
  });
  // A value that was chosen from the list hides from the browser that clearing it by hand is a change too.
  field.addEventListener("change", () => { told = field.value; });
  field.addEventListener("blur", () => {
    close();
    if (field.value !== told) field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) choose(items[[...list.children].indexOf(option)]);
  });
};
for (const frame of document.querySelectorAll("[data-suggestions]")) makeCombobox(frame);
