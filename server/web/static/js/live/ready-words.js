/** Words to pick from, for whoever would rather not type: pills that fill a field, a few at first. */

/**
 * @param {HTMLElement} root holds the pills, and perhaps a button that shows the rest
 * @param {HTMLInputElement} field
 * @param {() => void} [onPicked]
 */
export function offerReadyWords(root, field, onPicked = () => {}) {
  const pills = [...root.querySelectorAll(".ready")];
  const more = root.querySelector(".ready-more");
  const tell = () => {
    for (const pill of pills) pill.setAttribute("aria-pressed", String(pill.textContent === field.value.trim()));
  };
  for (const pill of pills) {
    pill.addEventListener("click", () => {
      field.value = pill.getAttribute("aria-pressed") === "true" ? "" : pill.textContent;
      tell();
      onPicked();
    });
    // In a row that is wider than the page a browser leaves one where it is that is partly in view.
    pill.addEventListener("focus", () => pill.scrollIntoView({ block: "nearest", inline: "nearest" }));
  }
  more?.addEventListener("click", () => {
    const first = pills.find((pill) => pill.hidden);
    for (const pill of pills) pill.hidden = false;
    more.remove();
    first?.focus();
  });
  field.addEventListener("input", tell);
  field.form?.addEventListener("reset", () => setTimeout(tell));
  tell();
}
