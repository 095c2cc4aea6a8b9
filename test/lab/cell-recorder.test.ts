import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CapturedPacket } from '../../harness/capture-file/captured-packet.ts';
import { createPcapngWriter, type PcapngWriter } from '../../harness/capture-file/pcapng-writer.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import type { RunningCapture } from '../../harness/lab/capture/backend.ts';
import { createPacketQueue } from '../../harness/lab/capture/packet-queue.ts';
import { recordCell } from '../../harness/lab/cell-recorder.ts';

const ETHERNET = 1;

let folder: string;
let file: string;
let writer: PcapngWriter;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  file = path.join(folder, 'cell.pcapng');
  writer = await createPcapngWriter(file, { linkType: ETHERNET, interfaceName: 'lo' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A capture that holds what is pushed. */
function captureOf() {
  const queue = createPacketQueue();
  const capture: RunningCapture = {
    linkType: ETHERNET,
    packets: queue,
    now: () => BigInt(Date.now()) * 1_000_000n,
    async stop() {
      queue.end();
      return { received: null, dropped: null };
    },
  };
  const packet = (): CapturedPacket => ({ epochNs: BigInt(Date.now()) * 1_000_000n, originalLength: 60, bytes: new Uint8Array(60) });
  return { capture, queue, send: () => queue.push([packet()]) };
}

describe('recordCell', () => {
  it('marks the first packet of each step, and names a step without one', async () => {
    const { capture, send } = captureOf();
    const recorder = recordCell(capture, writer);
    await recorder.mark('first');
    send();
    send();
    await recorder.mark('second');
    send();
    await recorder.mark('third');
    expect(await recorder.finish()).toEqual({ received: null, dropped: null, packets: 3, clockStepMs: 0 });
    const { steps, capture: written } = await readEvidence(file);
    expect(written.frames).toBe(3);
    expect(steps.map(({ id, frame }) => [id, frame])).toEqual([
      ['first', 1],
      ['second', 3],
      ['third', 4],
    ]);
  });

  it('tells those who wait that a packet came, that their time is over, or that the run is', async () => {
    const { capture, send } = captureOf();
    const recorder = recordCell(capture, writer);
    const LONG_MS = 60_000;
    const coming = recorder.untilMore(0, LONG_MS);
    send();
    await coming;
    expect(recorder.packets()).toBe(1);
    await recorder.untilMore(0, LONG_MS);
    await recorder.untilMore(1, 10);
    const abort = new AbortController();
    const aborted = recorder.untilMore(1, LONG_MS, abort.signal);
    abort.abort();
    await aborted;
    await recorder.untilMore(1, LONG_MS, abort.signal);
    expect(recorder.packets()).toBe(1);
    await recorder.finish();
  });

  it('records no more than it may, and says so once', async () => {
    const { capture, send } = captureOf();
    let reached = 0;
    const recorder = recordCell(capture, writer, undefined, { bytes: 150, reached: () => reached++ });
    for (let count = 0; count < 5; count++) send();
    expect((await recorder.finish()).packets).toBe(2);
    expect(reached).toBe(1);
    expect((await readEvidence(file)).capture.frames).toBe(2);
  });

  it('gives two steps that begin before one packet both', async () => {
    const { capture, send } = captureOf();
    const recorder = recordCell(capture, writer);
    await recorder.mark('first');
    await recorder.mark('second');
    send();
    await recorder.finish();
    expect((await readEvidence(file)).steps.map(({ id, frame }) => [id, frame])).toEqual([
      ['first', 1],
      ['second', 1],
    ]);
  });

  it('records when the server was asked to stop and when it ended, on the next packet or at the end', async () => {
    const { capture, queue } = captureOf();
    let now = 5_000_000_000n;
    capture.now = () => now;
    const send = () => queue.push([{ epochNs: now, originalLength: 60, bytes: new Uint8Array(60) }]);
    const recorder = recordCell(capture, writer);
    send();
    now += 1_000_000_000n;
    recorder.note({ what: 'asked-to-stop', signal: 'SIGTERM' });
    now += 500_000_000n;
    send();
    now += 1_000_000_000n;
    recorder.note({ what: 'ended', code: 0, signal: null });
    await recorder.finish();
    expect((await readEvidence(file)).stop).toEqual({
      signal: 'SIGTERM',
      timeNs: 1e9,
      frame: 2,
      end: { code: 0, signal: null, timeNs: 2.5e9, frame: 3 },
    });
  });

  it('reports at the end that a capture broke', async () => {
    const { capture, queue, send } = captureOf();
    const recorder = recordCell(capture, writer);
    send();
    queue.end(new Error('tcpdump ended before it was asked to'));
    await expect(recorder.finish()).rejects.toThrow('tcpdump ended before it was asked to');
  });

  it('waits no longer than its limit for a wire that is never quiet', async () => {
    const { capture, send } = captureOf();
    const recorder = recordCell(capture, writer);
    const traffic = setInterval(send, 5);
    const began = performance.now();
    await recorder.quiet(10_000, 200);
    expect(performance.now() - began).toBeLessThan(5_000);
    clearInterval(traffic);
    await recorder.finish();
  });

  it("marks by the capture's clock, whatever this machine's says", async () => {
    const { capture, queue } = captureOf();
    let now = 5_000_000_000n;
    capture.now = () => now;
    const send = () => queue.push([{ epochNs: now, originalLength: 60, bytes: new Uint8Array(60) }]);
    const recorder = recordCell(capture, writer);
    await recorder.mark('first');
    now += 1_000_000n;
    send();
    now += 50_000_000n;
    await recorder.mark('second');
    now += 1_000_000n;
    send();
    await recorder.finish();
    expect((await readEvidence(file)).steps.map(({ id, frame }) => [id, frame])).toEqual([
      ['first', 1],
      ['second', 2],
    ]);
  });

  it('reports a clock that was set meanwhile', async () => {
    const { capture, send } = captureOf();
    let set = 0;
    const clocks = { real: () => Date.now() + set, monotonic: () => performance.now() };
    const recorder = recordCell(capture, writer, clocks);
    await recorder.mark('first');
    send();
    set = -2_000;
    const { clockStepMs } = await recorder.finish();
    expect(Math.abs(clockStepMs + 2_000)).toBeLessThan(50);
  });
});
