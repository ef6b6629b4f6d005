/** What the page of a sitting says by itself; everything else is the guide's. */

import { _ } from "../words.js";

/** What was taken, by the move. */
export const DONE = {
  met: _("There is some kindness."),
  "step-back": _("One step back."),
  stay: _("Staying a little."),
  "too-much": "", // the line says it
  "go-back": _("Going back."),
  end: _("Coming to an end."),
};
export const NO_ANSWER = _("No answer from the server just now. What you chose is kept, and goes on by itself.");
export const STARVED = _("The sound is on its way. It goes on by itself.");
export const BROKEN = _("The sound stopped coming. Press Go on to try again.");
export const READY = _("It is ready when you are. Press Go on.");
export const GONE = _("The server does not know this sitting any more. You can begin a new one.");
export const GROUND = _("Your feet, and what is under them. Sounds. The room around you.");
