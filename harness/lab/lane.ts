/**
 * One lane: a process (in a network namespace of its own, where that can be had) that starts one server, captures, lets
 * one client act out one scenario and ends. It is started by `run.ts` and talks to it over IPC. When it ends, the PID
 * namespace takes everything with it that it started.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSession } from '../../clients/client.ts';
import { emulate } from '../../clients/emulated/emulate.ts';
import { clients } from '../../clients/index.ts';
import { ClientFailure } from '../../clients/own-failure.ts';
import type { Action, Scenario } from '../../clients/scenario.ts';
import { BEHIND, serverById } from '../../servers/chain.ts';
import { takeAnswers } from '../../servers/installed.ts';
import type { ServerContext, ServerDefinition } from '../../servers/server.ts';
import { sectionComments } from '../capture-file/cell-comments.ts';
import { createPcapngWriter } from '../capture-file/pcapng-writer.ts';
import { CHAIN_SIGN } from '../model.ts';
import { limitHint } from '../system/limit-hint.ts';
import { reasonOf } from '../system/reason.ts';
import { uriHost } from '../wire/endpoint.ts';
import { CaptureBroken } from './capture/backend.ts';
import { LOOPBACK } from './capture/filter.ts';
import { backendById } from './capture/select.ts';
import { type CellRecorder, type RecordedTotals, recordCell } from './cell-recorder.ts';
import { watchDisk } from './disk-use.ts';
import { CAPTURE_BYTES, FILES_BYTES, LIMITS } from './lane-deadline.ts';
import { laneFolders } from './lane-environment.ts';
import type { LaneCpu, LaneEvent, LaneFailureCode, LaneJob, LaneOrder } from './lane-protocol.ts';
import { allListening, firstListening, untilDisconnected, waitForAnyListening } from './listening.ts';
import { bringUpLoopback, shapeLoopback } from './namespace.ts';
import { alreadyRunning, ownServer } from './own-server.ts';
import { type Confinement, confined, confinement, confinementFor, giveTo, letEnter } from './privileges.ts';
import { killWithin } from './process-tree.ts';
import { processorClock } from './processor-time.ts';
import { redacting } from './redact.ts';
import { type ServerProcess, serverLog, startServer } from './server-process.ts';
import { relaySocket, waitForSocket } from './socket-relay.ts';

/** After the last connection has closed, stragglers (a late ACK, a RST) still belong to the cell. */
const SETTLE_MS = 300;
/** A lane whose run is gone ends after this at the latest. */
const ORPHAN_GRACE_MS = 5_000;
const SILENCE_POLL_MS = 500;

/** What the lane tried did not work, though the lane did: its message is reported without a stack. */
class LaneFailure extends Error {
  override name = 'LaneFailure';
  readonly code: LaneFailureCode;

  constructor(message: string, code: LaneFailureCode = 'other') {
    super(message);
    this.code = code;
  }
}

const say = (event: LaneEvent): void => {
  process.send?.(event);
};

function byId<T extends { id: string }>(list: readonly T[], id: string, what: string): T {
  const found = list.find((entry) => entry.id === id);
  if (!found) throw new LaneFailure(`there is no ${what} "${id}"`);
  return found;
}

async function startListening(
  job: LaneJob,
  definition: ServerDefinition,
  context: ServerContext,
  how: Confinement,
  signal: AbortSignal,
): Promise<{ server: ServerProcess; host: string }> {
  if (job.own && !job.own.command) {
    if (job.own.socket) await relaySocket(job.own.socket, job);
    return { server: alreadyRunning, host: job.host };
  }
  // A server that is told to listen on `localhost` may take either address.
  const hosts = job.own ? [job.host, '::1'] : [job.host];
  // Otherwise the cell would show the program that listens there already.
  if ((await firstListening(hosts, job.port)) !== null)
    throw new LaneFailure(`port ${job.port} is in use by another program: end that, or let the server listen on another port`);
  const starting = startServer(definition, context, serverLog(job.work), {
    stopGroup: job.own !== null,
    confinement: how,
    environment: job.environment ?? process.env,
  });
  const server = await withTimeout(starting, LIMITS.startMs, 'the server did not start: preparing its start', signal, 'server-not-started');
  const timeoutMs = definition.readyTimeoutMs ?? LIMITS.readyMs;
  const ready = job.own?.socket
    ? relayed(job.own.socket, job, timeoutMs, signal)
    : waitForAnyListening({ hosts, port: job.port, timeoutMs, signal });
  try {
    const outcome = await Promise.race([server.exited, ready]);
    if (typeof outcome !== 'string') {
      const hint = outcome.code === 0 ? '; if it goes into the background, let it stay in the foreground' : '';
      throw notStarted(`the server did not start: ${outcome.how}${hint}${quoted(server.logTail())}`);
    }
    return { server, host: outcome };
  } catch (error) {
    // Before it is stopped.
    const elsewhere = job.isolated && !job.own?.socket ? await listeningElsewhere(job) : '';
    const log = server.logTail();
    await (signal.aborted ? server.kill() : server.stop());
    if (error instanceof LaneFailure) throw error;
    const where = job.own?.socket ? `the unix socket ${job.own.socket}` : `port ${job.port}`;
    const patience = job.own && elsewhere === '' ? '; --ready-timeout lets it take longer' : '';
    throw notStarted(`the server did not listen on ${where} within ${timeoutMs / 1000} s${elsewhere}${patience}${quoted(log)}`);
  }
}

/** Waits for the unix socket and stands before it. Resolves to the host of the relay. */
async function relayed(socket: string, { host, port }: LaneJob, timeoutMs: number, signal: AbortSignal): Promise<string> {
  await waitForSocket(socket, timeoutMs, signal);
  await relaySocket(socket, { host, port });
  return host;
}

/** Where the server listens instead, and what mends that; empty where it listens nowhere. */
async function listeningElsewhere({ host, port }: LaneJob): Promise<string> {
  const { ports, sockets } = await allListening();
  if (ports.includes(port)) return `; it listens on this port at another address: let it listen on ${host}, or on all addresses`;
  const others = ports.filter((other) => other !== port);
  if (others.length > 0) return `; it listens on port ${others.join(', ')}: name that with --port`;
  return sockets.length > 0 ? `; it listens on the unix socket ${sockets.join(', ')}: name that with --socket` : '';
}

const notStarted = (reason: string): LaneFailure => new LaneFailure(reason, 'server-not-started');
const quoted = (log: string): string => (log === '' ? '' : `; it wrote:\n${log}`);

/** @throws LaneFailure where `work` takes longer than `ms`, or the signal's reason as soon as it is aborted */
async function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  what: string,
  signal: AbortSignal,
  code: LaneFailureCode = 'other',
): Promise<T> {
  const over = new AbortController();
  const late = delay(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) }).then((): never => {
    throw new LaneFailure(`${what} took longer than ${ms / 1000} s`, code);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}

/**
 * Watches idle connections: until each has seen a FIN or RST and the wire is quiet, or the window ends; `whole`: until it ends.
 * @param ending the end of a server that was asked to stop, which is waited for too
 */
async function watch(
  job: LaneJob,
  recorder: CellRecorder,
  signal: AbortSignal,
  { whole = false, ending }: { whole?: boolean | undefined; ending?: Promise<unknown> | undefined },
): Promise<void> {
  say({ type: 'phase', phase: 'watch', untilEpochMs: Date.now() + job.windowMs });
  if (whole) await delay(job.windowMs, undefined, { signal });
  else {
    const window = { timeoutMs: job.windowMs, signal };
    await Promise.all([untilDisconnected({ port: job.port, captured: recorder, ...window }), ending && settledWithin(ending, window)]);
  }
  await recorder.quiet(SETTLE_MS, LIMITS.settleMs);
}

/** Resolves when `work` has settled, after `timeoutMs`, or as soon as the signal is aborted. */
async function settledWithin(work: Promise<unknown>, { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }): Promise<void> {
  const over = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => {});
  await Promise.race([work, late]);
  over.abort();
}

/** Lets a client act. @throws LaneFailure where a browser's action goes on without a packet, or any for too long */
async function act(session: ClientSession, action: Action, { silentMs }: CellRecorder, patienceMs: number, signal: AbortSignal) {
  const what = `the server may hang: the client's action "${action.do}"`;
  const silence = new AbortController();
  const began = performance.now();
  // The probe has a patience of its own.
  const timer =
    action.do === 'ask'
      ? undefined
      : setInterval(() => {
          if (Math.min(silentMs(), performance.now() - began) > patienceMs)
            silence.abort(new LaneFailure(`${what} went on for ${patienceMs / 1000} s without a packet`, 'server-hangs'));
        }, SILENCE_POLL_MS);
  try {
    await withTimeout(session.act(action), LIMITS.actionMs, what, AbortSignal.any([signal, silence.signal]), 'server-hangs');
  } catch (error) {
    throw silence.signal.aborted && !signal.aborted ? silence.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}

async function actOut(
  job: LaneJob,
  scenario: Scenario,
  session: ClientSession,
  server: ServerProcess,
  recorder: CellRecorder,
  signal: AbortSignal,
) {
  const patienceMs = Math.max(LIMITS.silentMs, job.manner?.answerTimeoutMs ?? 0);
  const perform = async (action: Action): Promise<void> => {
    if (action.do === 'watch')
      return watch(job, recorder, signal, { whole: action.whole, ending: stopRequested ? server.gone : undefined });
    if (action.do === 'stop-server') {
      stopRequested = true;
      recorder.note({ what: 'asked-to-stop', signal: server.stopSignal });
      void server.gone.then(({ code, signal }) => recorder.note({ what: 'ended', code, signal }));
      return server.requestStop();
    }
    await act(session, action, recorder, patienceMs, signal);
  };
  let stopRequested = false;
  let failure: unknown = null;
  try {
    for (const step of scenario.steps) {
      await recorder.mark(step.id);
      say({ type: 'phase', phase: 'step', step: step.id });
      for (const action of step.actions) {
        signal.throwIfAborted();
        await perform(action);
      }
    }
  } catch (error) {
    failure = error;
  }
  // The end of a server is known only after that of its connections, which a client may take for a failure of its own.
  if (!signal.aborted) await recorder.quiet(SETTLE_MS, LIMITS.settleMs);
  const ended = server.ended();
  failure = session.failure?.() ?? failure;
  if (isRefusal(failure) && ended === null && !stopRequested && !signal.aborted) throw await refused(job, server);
  if (failure && (ended === null || stopRequested || signal.aborted)) throw failure;
  if (ended === null || stopRequested) return;
  await server.exited;
  throw new LaneFailure(`the server ended in the middle of the visit: ${ended.how}${quoted(server.logTail())}`);
}

const isRefusal = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === 'ECONNREFUSED' || (error instanceof AggregateError && error.errors.every(isRefusal));

/** What a server did that runs and refuses connections, and what mends it. */
async function refused(job: LaneJob, server: ServerProcess): Promise<LaneFailure> {
  if (server === alreadyRunning)
    return new LaneFailure(
      `the server refused a connection: nothing listened on port ${job.port} any more; start it again, and run this again`,
    );
  const elsewhere = job.isolated ? await listeningElsewhere(job) : '';
  return new LaneFailure(
    `the server refused a connection: its process runs, and no longer listened on port ${job.port}${elsewhere}${quoted(server.logTail())}`,
  );
}

function known(definition: ServerDefinition | null, id: string): ServerDefinition {
  if (definition === null) throw new LaneFailure(`there is no server "${id}"`);
  return definition;
}

/** Both hops of a chain are in its capture. */
const captured = ({ id }: ServerDefinition, port: number): { port: number } | { condition: string } =>
  id.includes(CHAIN_SIGN) ? { condition: `tcp port ${port} or tcp port ${port + BEHIND}` } : { port };

/** The scenario with the page of the user's own server in the place of the site's first one. */
function visiting(scenario: Scenario, page: string): Scenario {
  const steps = scenario.steps.map((step) => ({
    ...step,
    actions: step.actions.map((action) => ('path' in action && action.path === '/' ? { ...action, path: page } : action)),
  }));
  return { ...scenario, steps };
}

const inMib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
const smaller = ({ targets }: LaneJob): string => (targets ? '; where its file is that large, name a smaller one with --large' : '');

/** Gives the lane's folders to the user as whom its programs are started. */
function confineLane(job: LaneJob): Confinement {
  // The run's folder and the lane's in it.
  if (process.getuid?.() === 0) for (const folder of [path.dirname(job.work), job.work]) letEnter(folder);
  const how = confinement([job.site]);
  for (const folder of Object.values(laneFolders(job.work))) giveTo(how, folder);
  return how;
}

async function runCell(job: LaneJob, runSignal: AbortSignal): Promise<RecordedTotals & { cpu(): LaneCpu }> {
  const processor = processorClock();
  const bounds = new AbortController();
  const signal = AbortSignal.any([runSignal, bounds.signal]);
  const exceeded = (what: string): void => bounds.abort(new LaneFailure(what, 'server-hangs'));
  takeAnswers(job.answers);
  const client = job.profile ? emulate(job.profile) : byId(clients, job.cell.client, 'client');
  const scenario = visiting(job.scenario, job.targets?.page ?? '/');
  const definition = job.own ? ownServer(job.cell.server, job.own) : known(serverById(job.cell.server), job.cell.server);
  const folders = laneFolders(job.work);
  const how = confineLane(job);
  if (job.isolated) {
    const link = { ...scenario.link, ...job.link };
    await bringUpLoopback(link);
    await shapeLoopback(link);
  }

  say({ type: 'phase', phase: 'server' });
  const context = { host: job.host, port: job.port, site: job.site, work: folders.server, asRoot: how.kind === 'root' };
  // The user's own command is started as the user would start it.
  const serverHow: Confinement = job.own ? { kind: 'unchanged', why: null } : how;
  const { server, host } = await startListening(job, definition, context, serverHow, signal);
  const name = client.kind === 'browser' && job.own?.hostname ? job.own.hostname : host;
  const origin = `http://${uriHost(name)}:${job.port}`;
  let session: ClientSession | undefined;
  try {
    say({ type: 'phase', phase: 'capture' });
    const capture = await backendById(job.backend).start({
      interface: job.interface ?? LOOPBACK,
      ...captured(definition, job.port),
      signal,
      largeBuffer: job.again,
    });
    const writer = await createPcapngWriter(job.captureFile, {
      linkType: capture.linkType,
      interfaceName: job.interface ?? LOOPBACK,
      comments: sectionComments({
        ...job.cell,
        serverTitle: definition.title,
        serverVersion: job.serverVersion,
        serverProvenance: definition.provenance,
        clientTitle: client.title,
        clientVersion: job.clientVersion,
        clientProvenance: client.provenance,
        origin,
        windowMs: job.windowMs,
        ...(job.link ? { link: job.link } : {}),
        startedAt: job.startedAt,
      }),
    });
    const recorder = recordCell(redacting(capture, job.secrets), writer, undefined, {
      bytes: CAPTURE_BYTES,
      reached: () => exceeded(`the server may answer without end: the capture has grown to ${inMib(CAPTURE_BYTES)}${smaller(job)}`),
    });
    const disk = watchDisk(job.work, FILES_BYTES, (bytes) =>
      exceeded(`the server and the client have written ${inMib(bytes)} to their folders, more than a cell may`),
    );
    let failure: unknown;
    try {
      say({ type: 'phase', phase: 'client' });
      processor.clientBegins();
      const opening = client.open({
        origin,
        windowMs: job.windowMs,
        work: folders.client,
        signal,
        isolated: job.isolated,
        confine: (file, args) => {
          // With what the client put there by now: a browser's profile.
          giveTo(how, folders.client);
          const its = confinementFor(how, file);
          // As root, a browser needs its capabilities for its own sandbox.
          return its.kind === 'root' ? { file, args: [...args] } : confined(its, file, args);
        },
        questions: job.questions,
        ...(job.targets ? { targets: job.targets } : {}),
        ...(job.manner ? { manner: job.manner } : {}),
      });
      session = await withTimeout(opening, LIMITS.openMs, 'starting the client', signal);
      await actOut(job, scenario, session, server, recorder, signal);
    } catch (error) {
      failure = error;
    }
    disk.stop();
    // A flood would go on while the capture ends.
    if (bounds.signal.aborted) await Promise.all([session?.close().catch(() => {}), server.kill()]);
    // What was captured is kept, whatever went wrong.
    const totals = await recorder.finish().catch((error: unknown): never => {
      throw error instanceof CaptureBroken ? new LaneFailure(`${error.message}${limitHint(error)}`, 'capture-broken') : error;
    });
    processor.captureEnded();
    if (bounds.signal.aborted) throw bounds.signal.reason;
    if (failure) throw failure;
    // An aborted client closes its connections, which is not what the scenario shows.
    signal.throwIfAborted();
    return { ...totals, cpu: processor.parts };
  } finally {
    if (session) await withTimeout(session.close(), LIMITS.closeMs, 'closing the client', signal).catch(() => {});
    processor.browserEnded();
    // An aborted run does not wait for the server's own end.
    await (signal.aborted ? server.kill() : server.stop());
    processor.serverEnded();
  }
}

function main(): void {
  const abort = new AbortController();
  let own: LaneJob | null = null;
  /** Where the run is gone, and no namespace takes along what a server has put into the background. */
  const takeAlong = () => {
    if (own && !own.isolated && !process.connected) killWithin(own.work);
  };
  const endWith = (event: LaneEvent, code: number) => {
    takeAlong();
    // The message must be sent before this process ends: it is PID 1 of its namespace.
    if (process.send && process.connected) process.send(event, () => process.exit(code));
    else process.exit(code);
  };
  // The run has ended: the server must still be stopped.
  process.on('disconnect', () => {
    abort.abort(new LaneFailure('the run has ended'));
    setTimeout(() => {
      takeAlong();
      process.exit(1);
    }, ORPHAN_GRACE_MS).unref();
  });
  process.on('SIGTERM', () => abort.abort(new LaneFailure('interrupted')));
  process.on('message', (order: LaneOrder) => {
    if (order.type === 'abort') {
      abort.abort(new LaneFailure(order.reason));
      return;
    }
    own = order.job;
    runCell(order.job, abort.signal).then(
      ({ cpu, ...totals }) => endWith({ type: 'done', ...totals, cpu: cpu() }, 0),
      (thrown: unknown) => {
        const error = abort.signal.aborted ? abort.signal.reason : thrown;
        // Those that were foreseen name their remedy.
        const hint = error instanceof LaneFailure || error instanceof ClientFailure ? '' : limitHint(error);
        endWith({ type: 'failed', code: error instanceof LaneFailure ? error.code : 'other', reason: `${reasonOf(error)}${hint}` }, 1);
      },
    );
  });
}

main();
