/** The apps that suit this device stand first, all others under "More apps"; a phone needs no code of itself. */

import { _ } from "./words.js";

/** `ios`, `android`, or an empty text; an iPad calls itself a Mac, and a Mac has the iPhone's apps. */
function deviceOf(agent) {
  if (/Android/.test(agent)) return "android";
  return /iPhone|iPad|iPod|Macintosh/.test(agent) ? "ios" : "";
}

const isHandheld = (agent, touches) => /Android|iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1);

const panel = document.getElementById("subscribe");
if (panel) {
  const device = deviceOf(navigator.userAgent);
  const others = [...document.querySelectorAll("#apps > li")].filter(({ dataset }) => !device || (dataset.device && dataset.device !== device));
  document.getElementById("other-apps").append(...others);
  if (!document.querySelector("#apps > li")) {
    document.getElementById("apps").hidden = true;
    document.getElementById("more-apps-title").textContent = _("Apps");
  }
  document.getElementById("more-apps").hidden = !others.length;
  if (isHandheld(navigator.userAgent, navigator.maxTouchPoints)) panel.prepend(document.getElementById("subscribe-apps"));
}
