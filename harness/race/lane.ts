/**
 * One lane of the race: a process in a network namespace of its own that starts a server and an upstream side, captures both hops, carries out its task, and ends.
 * Started by `run-lane.ts`, which it talks to over IPC.
 */

import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defineServer, type ServerDefinition } from '../../servers/server.ts';
import { type UpstreamSide, upstreamEnvironment } from '../../servers/upstream-side.ts';
import { createPcapngWriter } from '../capture-file/pcapng-writer.ts';
import { backendById } from '../lab/capture/select.ts';
import { type CellRecorder, recordCell } from '../lab/cell-recorder.ts';
import { watchDisk } from '../lab/disk-use.ts';
import { CAPTURE_BYTES, FILES_BYTES } from '../lab/lane-deadline.ts';
import { laneFolders } from '../lab/lane-environment.ts';
import { waitForListening } from '../lab/listening.ts';
import { ownServer } from '../lab/own-server.ts';
import { confinement, giveTo, letEnter } from '../lab/privileges.ts';
import { type ServerProcess, startServer } from '../lab/server-process.ts';
import { reasonOf } from '../system/reason.ts';
import { sendAimed } from './aim.ts';
import { askHabits } from './ask-habits.ts';
import { raceServer, upstreamSide } from './definitions.ts';
import { ownUpstreamSide } from './own-proxy.ts';
import { type HeldPath, LISTENING, openPath } from './path.ts';
import { clientPortFor, type RaceEvent, type RaceJob, type RaceOrder } from './protocol.ts';
import { askBusy, askMany, watchStop, watchTimer } from './watch-timer.ts';

const say = (event: RaceEvent): void => {
  process.send?.(event);
};

const READY_MS = 30_000;
/** After the last answer, a RST or an ACK still belongs to the capture. */
const SETTLE_MS = 300;
const SETTLE_LIMIT_MS = 2_000;

/** An upstream side as what the lab can start. */
const startable = (side: UpstreamSide, held: HeldPath, port: number): ServerDefinition =>
  defineServer({
    ...side,
    variantOf: null,
    start: async ({ site: _, ...context }) => {
      const whole = { ...context, upstream: { host: held.far, port } };
      const command = await side.start(whole);
      return { ...command, env: { ...upstreamEnvironment(whole), ...command.env } };
    },
  });

const inMib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

async function runJob(job: RaceJob, raceSignal: AbortSignal): Promise<{ delayMs: number; clockStepMs: number }> {
  const bounds = new AbortController();
  const signal = AbortSignal.any([raceSignal, bounds.signal]);
  // Each request that goes on listens to it.
  setMaxListeners(0, signal);
  const exceeded = (what: string): void => bounds.abort(new Error(what));
  const folders = laneFolders(job.work);
  if (process.getuid?.() === 0) for (const folder of [path.dirname(job.work), job.work]) letEnter(folder);
  const how = confinement([job.site]);
  for (const folder of Object.values(folders)) giveTo(how, folder);
  const held = await openPath(job.port, job.delayMs);
  void held.gone.then((wrote) =>
    exceeded(`the path to the server is gone, since its program ended before its time: ${wrote || 'it said nothing'}`),
  );
  const started: ServerProcess[] = [];
  const start = async (definition: ServerDefinition, port: number, work: string, isOwn: boolean): Promise<void> => {
    const context = { host: LISTENING, port, site: job.site, work, asRoot: how.kind === 'root' };
    const server = await startServer(definition, context, path.join(job.work, `${port}.log`), {
      // The user's own command is started as the user would start it.
      confinement: isOwn ? { kind: 'unchanged', why: null } : how,
      stopGroup: isOwn,
      environment: isOwn ? job.environment : process.env,
    });
    started.push(server);
    const timeoutMs = definition.readyTimeoutMs ?? READY_MS;
    const listening = waitForListening({ host: LISTENING, port, timeoutMs, signal }).catch((error: Error) => error);
    const outcome = await Promise.race([listening, server.exited]);
    signal.throwIfAborted();
    if (outcome !== undefined) {
      const why = outcome instanceof Error ? outcome.message : outcome.how;
      throw new Error(`${definition.id} did not start: ${why}; it wrote: ${server.logTail()}`);
    }
  };
  try {
    const server = job.own === null ? raceServer(job.server) : ownServer(job.server, job.own);
    await start(server, job.port, folders.server, job.own !== null);
    if (job.upstream !== null) {
      const side = job.ownUpstream === null ? upstreamSide(job.upstream) : ownUpstreamSide(job.upstream, job.ownUpstream);
      await start(startable(side, held, job.port), clientPortFor(job.port), folders.client, job.ownUpstream !== null);
    }
    const capture = await backendById(job.backend).start({ interface: held.interface, condition: nearView(held, job.port), signal });
    const recorder = recordCell(
      capture,
      await createPcapngWriter(job.captureFile, {
        linkType: capture.linkType,
        interfaceName: held.interface,
        comments: [
          `wirematrix race ${job.upstream ?? 'client'} ${job.server}: upstream side ${job.upstreamVersion}, server ${job.serverVersion}, path ${held.delayMs} ms each way`,
        ],
      }),
      undefined,
      {
        bytes: CAPTURE_BYTES,
        reached: () => exceeded(`the server may answer without end: the capture has grown to ${inMib(CAPTURE_BYTES)}`),
      },
    );
    const disk = watchDisk(job.work, FILES_BYTES, (bytes) =>
      exceeded(`the programs have written ${inMib(bytes)} to their folders, more than a lane may`),
    );
    let failure: unknown;
    try {
      await carryOut(job, held, recorder, started[0]!, signal);
      await recorder.quiet(SETTLE_MS, SETTLE_LIMIT_MS);
      // One that was asked to stop has ended by now.
      for (const server of job.task.kind === 'ends' ? [] : started) {
        const ended = server.ended();
        if (ended !== null) throw new Error(`a program ended before its time: ${ended.how}; it wrote: ${server.logTail()}`);
      }
    } catch (error) {
      failure = error;
    }
    disk.stop();
    // A flood would go on while the capture ends.
    if (bounds.signal.aborted) await Promise.all(started.map((one) => one.kill()));
    const { clockStepMs } = await recorder.finish().catch((error: unknown): never => {
      throw bounds.signal.aborted ? bounds.signal.reason : error;
    });
    if (bounds.signal.aborted) throw bounds.signal.reason;
    if (failure) throw failure;
    raceSignal.throwIfAborted();
    return { delayMs: held.delayMs, clockStepMs };
  } finally {
    await Promise.all(started.map((server) => (signal.aborted ? server.kill() : server.stop())));
  }
}

async function carryOut(
  { task, port }: RaceJob,
  held: HeldPath,
  recorder: CellRecorder,
  server: ServerProcess,
  signal: AbortSignal,
): Promise<void> {
  switch (task.kind) {
    case 'timer':
      say({ type: 'waiting' });
      return watchTimer(held.far, port, task.requests, task.windowMs, signal);
    case 'ends':
      await askMany(held.far, port, (count) => `/?limit-${count}`, signal);
      say({ type: 'waiting' });
      await askBusy(held.far, port, task.windowMs, (place, count) => `/?busy-${place}-${count}`, signal);
      return watchStop(held.far, port, server.requestStop, recorder, signal);
    case 'aim':
      await sendAimed(held.far, clientPortFor(port), port, task.aim, signal);
      // The answers' own close is none of the race's.
      await delay(SETTLE_MS, undefined, { signal });
      return;
    case 'habits':
      return askHabits(held.far, clientPortFor(port), task.windowMs, recorder, () => say({ type: 'waiting' }), signal);
  }
}

/** Each packet crosses the interface twice: as one end sent it, and with its addresses swapped. The capture shows what the asking end sees. */
function nearView({ far }: HeldPath, serverPort: number): string {
  const ports = (side: string): string => `(${side} port ${clientPortFor(serverPort)} or ${side} port ${serverPort})`;
  if (far === LISTENING) return `tcp and (${ports('dst')} or ${ports('src')})`;
  return `tcp and ((dst host ${far} and ${ports('dst')}) or (src host ${far} and ${ports('src')}))`;
}

const abort = new AbortController();
const endWith = (event: RaceEvent, code: number): void => {
  if (process.send && process.connected) process.send(event, () => process.exit(code));
  else process.exit(code);
};
process.on('disconnect', () => {
  abort.abort(new Error('the race has ended'));
  setTimeout(() => process.exit(1), 5_000).unref();
});
process.on('message', (order: RaceOrder) => {
  if (order.type === 'abort') {
    abort.abort(new Error(order.reason));
    return;
  }
  runJob(order.job, abort.signal).then(
    (done) => endWith({ type: 'done', ...done }, 0),
    (error: unknown) => endWith({ type: 'failed', reason: reasonOf(error) }, 1),
  );
});
