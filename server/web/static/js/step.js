/** A page with several steps, of which one is shown. */

/** @param {string} id @returns {HTMLElement} */
export const part = (id) => document.getElementById(id);

/** Shows one step of the page and leads there. */
export function showStep(name) {
  for (const section of document.querySelectorAll(".step")) section.hidden = section.id !== name;
  document.body.dataset.step = name;
  scrollTo(0, 0);
  part(`${name}-title`).focus({ preventScroll: true });
}
