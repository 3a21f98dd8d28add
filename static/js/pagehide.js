// Django's admin listens to « unload », which browsers are retiring: it hears « pagehide » instead. Comes before it.
"use strict";
const listen = window.addEventListener;
window.addEventListener = function (type, ...rest) {
  listen.call(window, type === "unload" ? "pagehide" : type, ...rest);
};
