// Sets the chosen colours before the first paint, and wires the choices in the footer.
// A classic script, loaded in the head and blocking on purpose: a module would come too late.
(() => {
  "use strict";
  const KEY = "stepback.theme";
  const root = document.documentElement;
  root.dataset.script = "on";

  const read = () => {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return ""; // storage is closed in some private windows; the device's choice holds then
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(read());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    if (!choice) return; // a page that two people look at has no footer
    choice.value = root.dataset.theme || "";
    choice.addEventListener("change", () => {
      apply(choice.value);
      try {
        if (choice.value) localStorage.setItem(KEY, choice.value);
        else localStorage.removeItem(KEY);
      } catch {
        // It holds for this page only, then.
      }
    });
    const language = document.getElementById("language");
    language.addEventListener("change", () => language.form.submit());
  });
})();
