/** The keyboard in a sitting: as on a headset, and Escape for too much. */

const MOVES = { ArrowLeft: "met", ArrowRight: "step-back", Escape: "too-much" };

/**
 * @param {{onMove: (move: "met" | "step-back" | "too-much") => void, onHold: () => void}} watcher
 */
export function listenToKeys({ onMove, onHold }) {
  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.step !== "sitting" || event.repeat) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select")) return; // keys write there, and Escape closes the field
    if (event.key === " " && !event.target.closest("button, a")) onHold();
    else if (MOVES[event.key]) onMove(MOVES[event.key]);
    else return;
    event.preventDefault();
  });
}
