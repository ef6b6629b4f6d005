/** The part of the therapist's page that is about another loudspeaker. */

import { _ } from "../words.js";
import { Remote } from "./remote.js";

/** Its code, whether it is there, and whether this page sounds as well. */
export class LoudspeakerView {
  /** @param {HTMLElement} root @param {string} address @param {import("./player.js").RoomPlayer} player */
  constructor(root, address, player) {
    this.part = (id) => root.querySelector(`#${id}`);
    this.player = player;
    this.usual = this.part("loudspeaker-said").textContent;
    this.remote = new Remote(address, player.clock, {
      onClock: () => player.noteClock(),
      onChange: () => this.show(),
      onRefused: (isRefused) => this.showTrouble({ isRefused }),
      onSilence: (isSilent) => this.showTrouble({ isSilent }),
    });
    this.part("join-begin").addEventListener("click", () => this.begin());
    this.part("join-end").addEventListener("click", () => this.remote.end());
    this.part("also-here").addEventListener("change", () => this.show());
  }

  async begin() {
    this.part("join-begin").disabled = true;
    this.remote.end();
    this.player.keepClock();
    try {
      const { code, address, qr } = await this.remote.begin();
      this.part("join-code").textContent = `${code.slice(0, 3)} ${code.slice(3)}`;
      this.part("join-code").setAttribute("aria-label", [...code].join(" "));
      this.part("join-address").textContent = address;
      this.part("join-qr").src = qr;
      this.tell("");
    } catch (error) {
      this.tell(error.message);
    }
    this.part("join-begin").disabled = false;
    this.show();
  }

  show() {
    const { id, isJoined, isReady } = this.remote;
    this.player.isTogether = isJoined;
    this.player.sound.mute(isReady && !this.part("also-here").checked);
    this.part("join-part").hidden = !id || isJoined;
    this.part("join-begin").hidden = Boolean(id);
    this.part("join-end").hidden = !id;
    this.part("also-part").hidden = !isJoined;
    this.part("loudspeaker-said").textContent = this.said(id, isJoined, isReady);
  }

  said(id, isJoined, isReady) {
    if (isReady) return _("it plays there");
    if (isJoined) return _("it is there, and fetches the sound");
    return id ? _("waiting for it") : this.usual;
  }

  /** @param {{isSilent?: boolean, isRefused?: boolean}} known what is new; the rest is as before */
  showTrouble(known) {
    this.trouble = { ...this.trouble, ...known };
    const refused = this.trouble.isRefused ? _("You are signed out by now. The loudspeaker goes on with what it was told last. Sign in again in another tab, and it follows this page.") : "";
    this.tell(this.trouble.isSilent ? _("No answer from the server just now. It is asked again by itself.") : refused);
  }

  tell(sentence) {
    const part = this.part("loudspeaker-trouble");
    if (part.textContent !== sentence) part.textContent = sentence;
  }
}
