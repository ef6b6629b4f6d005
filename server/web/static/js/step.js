/** A page with several steps, of which one is shown. */

/** @returns {HTMLElement} a step, or any other part of the page */
export const step = (name) => document.getElementById(name);

/** Shows one step of the page and leads there. */
export function showStep(name) {
  for (const section of document.querySelectorAll(".step")) section.hidden = section.id !== name;
  document.body.dataset.step = name;
  scrollTo(0, 0);
  step(`${name}-title`).focus({ preventScroll: true });
}
