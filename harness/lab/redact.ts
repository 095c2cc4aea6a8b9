import type { CapturedPacket } from '../capture-file/captured-packet.ts';
import type { RunningCapture } from './capture/backend.ts';

const COVER = 0x2a;

/** The capture with asterisks over each of these texts, wherever one is whole in a packet. */
export function redacting(capture: RunningCapture, secrets: readonly string[]): RunningCapture {
  const wanted = secrets.filter((secret) => secret !== '').map((secret) => Buffer.from(secret, 'latin1'));
  if (wanted.length === 0) return capture;
  return {
    ...capture,
    now: () => capture.now(),
    stop: () => capture.stop(),
    packets: (async function* () {
      for await (const batch of capture.packets) yield batch.map((packet) => redacted(packet, wanted));
    })(),
  };
}

function redacted(packet: CapturedPacket, secrets: readonly Buffer[]): CapturedPacket {
  const bytes = Buffer.from(packet.bytes);
  for (const secret of secrets) {
    for (let at = bytes.indexOf(secret); at !== -1; at = bytes.indexOf(secret, at + secret.length))
      bytes.fill(COVER, at, at + secret.length);
  }
  return { ...packet, bytes };
}
