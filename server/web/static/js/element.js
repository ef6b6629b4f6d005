/** Elements of a page, made with their class and what is in them. */

/** @param {string} name @param {string} className @param {...(Node | string)} children */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Words that may be of another language than the page are written that language's way. */
export const inItsWay = (words) => Object.assign(words, { dir: "auto" });
