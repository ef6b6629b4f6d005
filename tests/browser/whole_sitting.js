// What a test hears and sees of a live sitting, beside the page and without its knowledge.

const heard = { levels: [], places: [], presses: [], answers: [], grounded: [], said: [], seeks: [], lines: {}, starts: [], handlers: {}, errors: [] };
window.heard = heard;

const note = (list, ...what) => list.push([performance.now() / 1000, ...what]);

for (const name of ["pointerdown", "keydown"]) addEventListener(name, ({ key }) => note(heard.presses, key ?? name), true);

const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...rest) {
  note(heard.answers, "tone");
  return start.apply(this, rest);
};
navigator.vibrate = (pattern) => {
  note(heard.answers, "vibration", pattern);
  return true;
};
const take = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
navigator.mediaSession.setActionHandler = (name, handler) => {
  heard.handlers[name] = handler;
  take(name, handler);
};
window.press = (name) => {
  note(heard.presses, name);
  heard.handlers[name]({ action: name });
};

const ask = window.fetch;
window.fetch = async (path, options) => {
  const answer = await ask(path, options);
  if (String(path).startsWith("/api/sittings") && answer.ok && answer.status !== 204) readAnswer(await answer.clone().json());
  return answer;
};

function readAnswer(told) {
  for (const line of (told.sitting ?? told).lines ?? []) heard.lines[line.start_seconds] = line;
  if (typeof told.starts_seconds === "number") heard.starts.push(told.starts_seconds);
}

// Both sounds go through one meter, from the first press on: a context may not run before it.
async function listen(context, elements) {
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([METER], { type: "text/javascript" })));
  const meter = new AudioWorkletNode(context, "meter");
  meter.port.onmessage = ({ data }) => note(heard.levels, elements[0].currentTime, data);
  for (const element of elements) context.createMediaElementSource(element).connect(meter);
  meter.connect(context.destination);
}

addEventListener("DOMContentLoaded", () => {
  const elements = [...document.querySelectorAll("audio")];
  if (elements.length !== 2) return;
  const [audio, ground] = elements;
  const context = new AudioContext({ sampleRate: 48000 });
  listen(context, elements).catch((error) => heard.errors.push(String(error)));
  for (const name of ["pointerdown", "pointerup", "keydown"]) addEventListener(name, () => context.resume(), true);
  ground.addEventListener("playing", () => note(heard.grounded));
  audio.addEventListener("seeking", () => note(heard.seeks, heard.places.at(-1)?.[1] ?? 0, audio.currentTime));
  audio.addEventListener("error", () => heard.errors.push(audio.error?.message));
  setInterval(() => !audio.paused && !audio.seeking && note(heard.places, audio.currentTime), 20);
  for (const region of document.querySelectorAll("[aria-live=polite], [role=status], [role=alert]")) {
    const tell = () => region.textContent.trim() && note(heard.said, region.id, region.textContent.trim());
    new MutationObserver(tell).observe(region, { childList: true, characterData: true, subtree: true });
  }
});
