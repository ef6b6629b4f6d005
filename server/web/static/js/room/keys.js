/** The keyboard in the room. Keys that only say how the page looks are left to the browser. */

const PRESSES = { a: "again", ArrowLeft: "again", s: "skip", ArrowRight: "skip", l: "lower", ArrowDown: "lower", ArrowUp: "louder" };

/** @param {{onHold: (isDown: boolean) => void, onToggle: () => void, onPress: (name: string) => void}} watcher */
export function listenToKeys({ onHold, onToggle, onPress }) {
  const isOurs = (event) =>
    document.body.dataset.step === "room" && !event.altKey && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select");
  document.addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " " && !event.target.closest("button, a, summary")) event.repeat || onToggle();
    else if (key === "h") event.repeat || onHold(true);
    else if (key === "s" && event.shiftKey) event.repeat || onPress("skip-stage");
    else if (PRESSES[key]) event.repeat || onPress(PRESSES[key]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() === "h" && isOurs(event)) onHold(false);
  });
}
