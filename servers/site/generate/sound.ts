const RATE = 22_050;
const SECONDS = 11;

/** Semitones above A3 (220 Hz), one each half second; a slow arpeggio that ends where it began. */
const NOTES = [0, 7, 12, 16, 19, 16, 12, 7, -4, 3, 8, 12, 15, 12, 8, 3, 0, 7, 12, 0];

/** PCM WAVE, 16 bit, one channel, 22,050 Hz: 11 s, 485,144 bytes. */
export function audio(): Buffer {
  const samples = new Float64Array(RATE * SECONDS);
  NOTES.forEach((semitones, index) => {
    const frequency = 220 * 2 ** (semitones / 12);
    const start = Math.floor(index * 0.5 * RATE);
    for (let i = 0; start + i < samples.length && i < 2 * RATE; i++) {
      const t = i / RATE;
      const envelope = Math.min(1, t / 0.01) * Math.exp(-3 * t);
      const phase = 2 * Math.PI * frequency * t;
      samples[start + i]! += envelope * (Math.sin(phase) + 0.35 * Math.sin(2 * phase) + 0.12 * Math.sin(3 * phase));
    }
  });
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((value, i) => {
    const fade = Math.min(1, (samples.length - i) / (RATE * 0.5));
    data.writeInt16LE(Math.max(-32767, Math.min(32767, Math.round(value * fade * 9000))), i * 2);
  });
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
