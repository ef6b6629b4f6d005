// How loud each hundredth of a second is, in dB.
registerProcessor("meter", class extends AudioWorkletProcessor {
  sum = 0;
  count = 0;
  levels = [];

  process([inputs], [[output]]) {
    const mono = inputs[0];
    for (let i = 0; i < output.length; i += 1) {
      this.sum += mono ? mono[i] ** 2 : 0;
      this.count += 1;
      if (this.count < 480) continue;
      this.levels.push(10 * Math.log10(this.sum / 480 + 1e-12));
      this.sum = this.count = 0;
    }
    if (this.levels.length >= 5) this.port.postMessage(this.levels.splice(0));
    return true;
  }
});
