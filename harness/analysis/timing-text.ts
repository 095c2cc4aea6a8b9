/** Where the time went, for a person: percentiles of a server, its stalls, what a proxy made of failed requests. */
import type { Endpoint } from '../model.ts';
import type { DurationSummary } from '../observe/durations.ts';
import type { ProxiedPair, ProxiedSide, UpstreamOutcome } from '../observe/proxied.ts';
import type { Stall, StallCause } from '../observe/stalls.ts';
import { TIMED_PARTS, type TimedPart } from '../observe/timing.ts';
import { escapeTerminal } from '../report/escape.ts';
import { uriHost } from '../wire/endpoint.ts';
import type { ServerTiming, TimesTaken } from './time-taken.ts';

/** A server, with the number of all its exchanges. */
export interface TimedServer extends Endpoint {
  exchanges: number;
  timing: ServerTiming | null;
}

/** Kinds of stalls and pairs that are reported; JSON has more of them. */
export const STALLS_SHOWN = 10;
export const PAIRS_SHOWN = 5;
const TARGET_SHOWN = 60;

const PARTS: Readonly<Record<TimedPart, string>> = {
  connect: 'connecting',
  request: 'sending the request',
  firstByte: 'waiting for the first byte',
  transfer: 'receiving the response',
  total: 'all of it',
};

const CAUSES: Readonly<Record<StallCause, string>> = {
  'delayed-ack': "Nagle's algorithm against delayed ACK",
  'zero-window': 'receive window of 0',
  'retransmission-timeout': 'retransmission time-out',
  'expect-unanswered': 'Expect: 100-continue unanswered',
  'one-connection-at-a-time': 'one connection at a time',
  'body-never-comes': 'body that never came',
};

const CERTAINTY: Readonly<Record<Stall['certainty'], string>> = { shown: '', probable: 'probably ', possible: 'possibly ' };

const OUTCOMES: Readonly<Record<UpstreamOutcome, string>> = {
  answered: 'was answered',
  'answer-cut': 'got a part of its answer',
  race: 'went to a connection that the server had closed already',
  closed: 'got no answer: the server closed',
  reset: 'got no answer: the server reset the connection',
  'given-up': 'got no answer until the proxy closed',
  refused: 'was never sent: the connection was refused',
  unreachable: 'was never sent: no SYN-ACK came',
  open: 'had no answer when the capture ended',
};

/** The lines, each block after an empty one. */
export function timingLines(servers: readonly TimedServer[], { stalls, proxied }: TimesTaken): string[] {
  return [...servers.flatMap(serverLines), ...stallLines(stalls), ...pairLines(proxied)];
}

function serverLines({ timing, exchanges, ...endpoint }: TimedServer): string[] {
  if (timing === null || timing.covers === 0) return [];
  const covered = timing.covers < exchanges ? `the first ${timing.covers} of ${exchanges} exchanges` : counted(exchanges, 'exchange');
  const parts = TIMED_PARTS.flatMap((part) =>
    timing[part] === null || timing[part].max.ms === 0 ? [] : [partLine(PARTS[part], timing[part])],
  );
  return parts.length === 0 ? [] : ['', `${endpointText(endpoint)}: time taken by ${covered}`, ...parts];
}

function partLine(name: string, { count, p50Ms, p90Ms, p99Ms, max }: DurationSummary): string {
  const percentiles = count === 1 ? '' : `p50 ${ms(p50Ms)}, p90 ${ms(p90Ms)}, p99 ${ms(p99Ms)}, longest `;
  return `  ${name.padEnd(28)} ${percentiles}${ms(max.ms)} (#${max.stream}, ${framesText(max.frames)})`;
}

function stallLines(stalls: readonly Stall[]): string[] {
  const groups = new Map<string, Stall[]>();
  for (const stall of stalls) {
    const key = `${stall.cause} ${stall.waiting} ${endpointText(stall.server)}`;
    const group = groups.get(key);
    if (group) group.push(stall);
    else groups.set(key, [stall]);
  }
  if (groups.size === 0) return [];
  const shown = [...groups.values()].slice(0, STALLS_SHOWN).flatMap((group) => {
    const [worst] = group as [Stall];
    const many = group.length > 1 ? `, the longest of ${group.length}` : '';
    return [
      `  #${worst.stream} ${endpointText(worst.server)}  ${ms(worst.ms)}: ${CERTAINTY[worst.certainty]}${CAUSES[worst.cause]}${many} (${framesText(worst.frames)})`,
      `    ${worst.because}`,
    ];
  });
  const rest = groups.size > STALLS_SHOWN ? [`  … and ${groups.size - STALLS_SHOWN} more kinds`] : [];
  return ['', 'stalls, the longest first', ...shown, ...rest];
}

/** Those that matter: the client was answered 5xx or not at all, or the upstream's side did not end well. */
function pairLines(pairs: readonly ProxiedPair[]): string[] {
  const matter = pairs.filter(
    ({ clientSide: { status }, outcome }) => status === null || status >= 500 || (outcome !== 'answered' && outcome !== 'open'),
  );
  if (matter.length === 0) return [];
  const shown = matter.slice(0, PAIRS_SHOWN).flatMap((pair) => {
    const { clientSide, upstreamSide, confidence, outcome, outcomeFrames, outcomeMs, because } = pair;
    const after = outcomeMs === null ? '' : ` after ${ms(outcomeMs)}`;
    const status = outcome === 'answered' ? ` ${upstreamSide.status}` : '';
    return [
      `  #${clientSide.stream} ${requestText(clientSide)} (${framesText(clientSide.frames)}) ${confidence} is #${upstreamSide.stream} to ${endpointText(upstreamSide.server)}, which ${OUTCOMES[outcome]}${status}${after} (${framesText(outcomeFrames)})`,
      `    because ${escapeTerminal(because.join('; '))}`,
    ];
  });
  const rest = matter.length > PAIRS_SHOWN ? [`  … and ${matter.length - PAIRS_SHOWN} more`] : [];
  return ['', 'behind a proxy', ...shown, ...rest];
}

function requestText({ method, target, status }: ProxiedSide): string {
  const escaped = escapeTerminal(target ?? '');
  const shown = escaped.length > TARGET_SHOWN ? `${escaped.slice(0, TARGET_SHOWN - 1)}…` : escaped;
  return `${method} ${shown} ${status ?? 'no response'}`;
}

/** Three digits, or all before the point. */
const ms = (value: number): string => `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ms`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const framesText = (frames: readonly number[]): string =>
  frames.length === 1 ? `frame ${frames[0]}` : `frames ${frames.slice(0, 5).join(', ')}${frames.length > 5 ? ', …' : ''}`;

const endpointText = ({ address, port }: Endpoint): string => `${uriHost(address)}:${port}`;
