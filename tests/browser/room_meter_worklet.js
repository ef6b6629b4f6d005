// How loud each hundredth of a second is, in dB, with the moment at which it began.
registerProcessor("room-meter", class extends AudioWorkletProcessor {
  sum = 0;
  count = 0;
  levels = [];
  began = null;

  process([inputs]) {
    const mono = inputs[0];
    this.began ??= currentTime;
    for (let i = 0; i < 128; i += 1) {
      this.sum += mono ? mono[i] ** 2 : 0;
      this.count += 1;
      if (this.count < sampleRate / 100) continue;
      this.levels.push(10 * Math.log10(this.sum / this.count + 1e-12));
      this.sum = this.count = 0;
    }
    if (this.levels.length >= 10) {
      this.port.postMessage({ at: this.began, levels: this.levels.splice(0) });
      this.began = null;
    }
    return true;
  }
});
