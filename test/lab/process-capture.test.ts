/** How a capture by another program ends. A program that writes no more than the head of a file stands in the place of tcpdump. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { CaptureBroken } from '../../harness/lab/capture/backend.ts';
import type { LoopbackMarker } from '../../harness/lab/capture/marker.ts';
import { followCapture } from '../../harness/lab/capture/process-capture.ts';

const PCAP_HEADER = 'd4c3b2a1020004000000000000000000ffff000001000000';
const PROGRAM = `process.stdout.write(Buffer.from('${PCAP_HEADER}', 'hex')); console.error('ready'); setInterval(() => {}, 1_000_000);`;

let child: ReturnType<typeof startProgram> | undefined;
afterEach(() => void child?.kill('SIGKILL'));

const startProgram = () => spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] });

/** A capture whose marks arrive, in this order, or don't. */
function capture(arrivals: boolean[], beforeAnswer: () => Promise<void> = async () => {}, isUp = true) {
  const program = startProgram();
  child = program;
  const marker: LoopbackMarker = {
    port: 1,
    sent: 0,
    canArrive: () => isUp,
    take: (packets) => packets,
    send() {},
    async roundTrip() {
      const arrives = arrivals.shift() ?? false;
      if (!arrives) await beforeAnswer();
      return arrives;
    },
    close() {},
  };
  const started = followCapture(
    {
      name: 'this program',
      child: program,
      output: program.stdout,
      marker,
      hasBegun: (messages) => messages.includes('ready'),
      now: () => 0n,
      requestEnd: () => program.kill('SIGTERM'),
      totals: () => ({ received: 3, dropped: 0 }),
      complaint: () => '',
    },
    undefined,
  );
  return { program, started };
}

describe('the end of a capture', () => {
  it('is proven by two marks that come out of it', async () => {
    const { started } = capture([true, true, true]);
    expect(await (await started).stop()).toEqual({ received: 3, dropped: 0 });
  });

  it('is there where the interface is down: no mark can arrive', async () => {
    const { started } = capture([true, false], undefined, false);
    expect(await (await started).stop()).toEqual({ received: 3, dropped: 0 });
  });

  it.each([
    ['first', [true, false]],
    ['second', [true, true, false]],
  ])('proves nothing where the %s does not: what is missing may be a close', async (_, arrivals) => {
    const { program, started } = capture(arrivals);
    const running = await started;
    await expect(running.stop()).rejects.toThrow(CaptureBroken);
    await expect(running.stop()).rejects.toThrow(
      /^this program stopped passing on packets: one sent at the end did not arrive within 5 s$/,
    );
    if (program.signalCode === null) await once(program, 'exit');
    expect(program.signalCode).toBe('SIGKILL');
  });

  it('is that of the program where it ended by itself', async () => {
    const { program, started } = capture([true, false], async () => {
      program.kill('SIGKILL');
      await once(program, 'close');
    });
    const running = await started;
    expect(await running.stop()).toEqual({ received: 3, dropped: 0 });
    const packets = running.packets[Symbol.asyncIterator]();
    const broken: unknown = await packets.next().catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(CaptureBroken);
    expect(String(broken)).toContain('this program ended before it was asked to (by SIGKILL)');
  });
});
