/** What the server would not take of a form: every sentence stands where it belongs. */

/** A form with lengths and words of the listener's own. */
export class FormProblems {
  /** @param {HTMLFormElement} form @param {HTMLElement} button is led to where no field is at fault */
  constructor(form, button) {
    this.form = form;
    this.button = button;
  }

  clearProblems() {
    for (const place of this.form.querySelectorAll(".problem")) place.textContent = "";
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  /**
   * Puts every sentence where it belongs, and leads to the first one. Nothing typed is touched.
   * @param {Error & {errors?: {field: string, message: string}[]}} problem
   */
  showProblem(problem) {
    this.clearProblems();
    const placed = (problem.errors ?? []).map(({ field, message }) => this.place(String(field), message));
    const first = placed.find(Boolean);
    if (!first || placed.some((field) => !field)) this.say("order-problem", problem.message);
    (first ?? this.button).focus();
  }

  place(field, message) {
    const name = field.split(".").at(-1);
    const target = name === "minutes" ? this.form.querySelector("[name=minutes]:checked") : this.form.querySelector(`#word-${CSS.escape(name)}`);
    if (!target) return null;
    target.setAttribute("aria-invalid", "true");
    this.say(name === "minutes" ? "minutes-problem" : `word-${name}-problem`, message);
    return target;
  }

  say(id, text) {
    this.form.querySelector(`#${CSS.escape(id)}`).textContent = text;
  }
}
