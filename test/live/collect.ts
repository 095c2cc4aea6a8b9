import type { CapturedPacket } from '../../harness/capture-file/captured-packet.ts';
import type { RunningCapture } from '../../harness/lab/capture/backend.ts';

/** All packets of a capture, once it has been stopped. */
export async function collect(capture: RunningCapture): Promise<CapturedPacket[]> {
  const packets: CapturedPacket[] = [];
  for await (const batch of capture.packets) packets.push(...batch);
  return packets;
}
