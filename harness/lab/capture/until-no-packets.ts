import { setTimeout as delay } from 'node:timers/promises';

const QUIET_MS = 250;
const LIMIT_MS = 3_000;

/** Resolves when no packet has come for a quarter of a second, or after three seconds. For interfaces on which no mark can be sent. */
export async function untilNoPackets(lastPacketAt: () => number): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    const now = performance.now();
    const left = Math.min(Math.max(lastPacketAt(), limit - LIMIT_MS) + QUIET_MS, limit) - now;
    if (left <= 0) return;
    await delay(left);
  }
}
