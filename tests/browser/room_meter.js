// What a page lets sound, beside the page and without its knowledge: how loud each hundredth of a second was, and when.
window.metered = [];
const connect = AudioNode.prototype.connect;
const meters = new WeakMap();

async function meter(context) {
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([METER], { type: "text/javascript" })));
  const node = new AudioWorkletNode(context, "room-meter");
  node.port.onmessage = ({ data: { at, levels } }) => {
    const now = performance.timeOrigin + performance.now();
    metered.push([now - (context.currentTime - at) * 1000, levels]);
  };
  connect.call(node, context.destination);
  return node;
}

AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    if (!meters.has(to.context)) meters.set(to.context, meter(to.context));
    meters.get(to.context).then((node) => connect.call(this, node));
  }
  return connect.call(this, to, ...rest);
};
