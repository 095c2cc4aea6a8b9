/** Statuses, times and the state of TCP, over all exchanges and connections of a server. */
import { field } from '../../http/fields.ts';
import type { Connection, Exchange, Side } from '../../model.ts';
import { expectStall } from '../../observe/stalls.ts';
import { frameList, medianOf } from '../../observe/step.ts';
import { countExchange, type ExchangeCounts, histogram, newCounts, type SlowExchange } from '../counts.ts';
import { type Asked, answerFrames, asked, milliseconds, seconds, seeksLimit } from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** The counts of the whole capture where there are some, else those of the evidence. */
function countsOf(on: LookedAt): ExchangeCounts {
  if (on.counts) return on.counts;
  const counts = newCounts();
  for (const { stream, request, response, isResponseMissing } of on.exchanges) {
    countExchange(counts, {
      stream,
      method: request?.method ?? null,
      target: request?.target ?? null,
      status: response?.status ?? null,
      version: response?.version ?? null,
      isResponseMissing: isResponseMissing === true,
      requestFrames: request?.frames ?? null,
      responseFrames: response?.frames ?? null,
      durationNs: request?.complete && response ? response.endNs - request.startNs : null,
    });
  }
  return counts;
}

/** One hit over all statuses of a kind. */
function ofStatuses(on: LookedAt, wanted: (status: number) => boolean): Hit<{ statuses: string; count: number; of: number }>[] {
  const counts = countsOf(on);
  const found = [...counts.statuses].filter(([status]) => typeof status === 'number' && wanted(status));
  if (found.length === 0) return [];
  const args = {
    statuses: histogram(counts, (status) => typeof status === 'number' && wanted(status)),
    count: found.reduce((sum, [, { count }]) => sum + count, 0),
    of: counts.exchanges,
  };
  const [first] = found;
  return [{ args, stream: found.length === 1 ? first![1].stream : null, frames: frameList(found.flatMap(([, { frames }]) => frames)) }];
}

/** 501 and 505 are right answers to what a server does not have. */
const isServerError = (status: number): boolean => status >= 500 && status <= 599 && status !== 501 && status !== 505;

/** A server that takes no more for now, and does so on purpose: beside many connections, or with the time of the next attempt (RFC 9110 §15.6.4). */
const isBusy = (exchange: Exchange): boolean =>
  exchange.response?.status === 503 && (seeksLimit(exchange) || field(exchange.response, 'retry-after') !== null);

const serverErrors = defineFinding({
  id: 'status.server-errors',
  severity: 'fault',
  level: null,
  spec: 'RFC 9110 §15.6',
  topic: 'errors',
  look: (on) => {
    const exchanges = on.exchanges.filter((exchange) => !isBusy(exchange));
    return ofStatuses(exchanges.length < on.exchanges.length ? { ...on, exchanges } : on, isServerError);
  },
});

const clientErrors = defineFinding({
  id: 'status.client-errors',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: 'RFC 9110 §15.5',
  look: (on) => ofStatuses(on, (status) => status >= 400 && status < 500),
});

/** From the request's last byte, or the end of the response before it, to the response's first byte, without the way there and back. */
function thinkNs({ exchange, request, response, connection: { exchanges, handshake } }: Asked): number {
  const before = exchanges[exchange.index - 1];
  const fromNs = Math.max(request.endNs, before?.index === exchange.index - 1 ? (before.response?.endNs ?? 0) : 0);
  return Math.max(0, response.startNs - fromNs - (handshake ? handshake.synAckNs - handshake.synNs : 0));
}

const SLOW_NS = 300e6;

const slowServer = defineFinding({
  id: 'time.first-byte-slow',
  severity: 'advice',
  level: null,
  spec: null,
  look: (on) => {
    const plain = asked(on).filter(({ request, response }) => request.complete && response.status < 400 && request.problems.length === 0);
    const slow = plain.filter((answer) => thinkNs(answer) >= SLOW_NS);
    if (plain.length < 3 || slow.length * 2 < plain.length) return [];
    const middle = medianOf(plain, thinkNs);
    if (middle === null || thinkNs(middle) < SLOW_NS) return [];
    const [first] = slow;
    const args = { median: milliseconds(thinkNs(middle)), count: plain.length };
    return first ? [{ args, stream: first.exchange.stream, frames: answerFrames(first) }] : [];
  },
});

const slowest = defineFinding({
  id: 'time.slowest',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    countsOf(on)
      .slowest.filter(({ durationNs }) => durationNs >= 1e9)
      .map(({ durationNs, method, target, stream, frames }: SlowExchange) => ({
        args: { method, target, duration: seconds(durationNs) },
        stream,
        frames: frameList(frames),
      })),
});

const SIDES: readonly Side[] = ['client', 'server'];

/** Fewer are of no account. */
const RETRANSMISSIONS_LEAST = 3;
const RETRANSMISSIONS_SHARE = 0.01;

/**
 * Whether it crossed the loopback interface of a lane, undelayed, which loses nothing: Linux sends the last segment again after a few milliseconds where its ACK is late,
 * lost or not (RFC 8985 §7).
 */
const isInLane = ({ steps }: LookedAt, { rttNs }: Connection): boolean => steps.length > 0 && rttNs !== null && rttNs < UNDELAYED_NS;
const UNDELAYED_NS = 1e6;

const retransmissions = defineFinding({
  id: 'tcp.retransmissions',
  about: 'traffic',
  severity: 'risk',
  level: null,
  spec: 'RFC 9293 §3.8.1',
  look: (on) => {
    // A program that does not read delays its ACKs, and what it has already is sent again; a head of megabytes overruns buffers. Neither is a loss on the path.
    const connections = on.connections.filter(
      (connection) =>
        !isInLane(on, connection) &&
        // Of a SYN that nobody answers another finding speaks.
        connection.sides.server.frames > 0 &&
        connection.sides.client.zeroWindows + connection.sides.server.zeroWindows === 0 &&
        !connection.exchanges.some(seeksLimit),
    );
    const sum = (side: Side, what: 'retransmissions' | 'segments') =>
      connections.reduce((total, { sides }) => total + sides[side][what], 0);
    const [client, server] = [sum('client', 'retransmissions'), sum('server', 'retransmissions')];
    const all = sum('client', 'segments') + sum('server', 'segments');
    if (client + server < RETRANSMISSIONS_LEAST || client + server < all * RETRANSMISSIONS_SHARE) return [];
    return connections
      .filter(({ sides }) => sides.client.retransmissions + sides.server.retransmissions > 0)
      .map((connection) => ({
        args: { client, server, segments: all },
        stream: connection.stream,
        frames: frameList(...SIDES.map((side) => connection.sides[side].retransmissionFrames)),
      }));
  },
});

const zeroWindow = (side: Side) => (on: LookedAt) =>
  on.connections
    .filter(({ sides }) => sides[side].zeroWindows > 0)
    .map(({ stream, sides }) => ({
      args: { count: sides[side].zeroWindows },
      stream,
      frames: frameList(sides[side].zeroWindowFrames ?? []),
    }));

const serverWindow = defineFinding({
  id: 'tcp.server-window-zero',
  about: 'traffic',
  // For how long is not known: a moment of it is part of every large upload.
  severity: 'note',
  level: null,
  spec: 'RFC 9293 §3.8.6',
  topic: 'read-body',
  look: zeroWindow('server'),
});

const clientWindow = defineFinding({
  id: 'tcp.client-window-zero',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: 'RFC 9293 §3.8.6',
  look: zeroWindow('client'),
});

const repeatedSynAck = defineFinding({
  id: 'tcp.synack-repeated',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.connections.flatMap(({ stream, handshake }) =>
      handshake && handshake.synAcks > 1
        ? [{ args: { count: handshake.synAcks }, stream, frames: frameList(handshake.synAckFrame, handshake.lastSynAckFrame) }]
        : [],
    ),
});

/** Scenarios that make the link slow: what waits there, waits in its queue. */
const ON_SLOW_LINKS: readonly string[] = ['shutdown-busy', 'slow-link'];

/** Of so many exchanges of a connection one may be late by chance, just when an ACK comes: what Nagle's algorithm holds, it holds each time. */
const BY_CHANCE_OF = 200;

const delayedAck = (side: Side) => (on: LookedAt) =>
  on.connections.flatMap(({ stream, waits, exchanges }) => {
    const held = waits.filter((wait) => wait.kind === 'delayed-ack' && wait.side === side);
    if (ON_SLOW_LINKS.includes(on.cell.scenario) || held.length * BY_CHANCE_OF < exchanges.length) return [];
    return held.map(({ fromNs, untilNs, frames }) => ({ args: { ms: Math.round((untilNs - fromNs) / 1e6) }, stream, frames }));
  });

const serverDelayedAck = defineFinding({
  id: 'tcp.server-delayed-ack',
  severity: 'advice',
  level: null,
  spec: 'RFC 9293 §3.7.4',
  look: delayedAck('server'),
});

const clientDelayedAck = defineFinding({
  id: 'tcp.client-delayed-ack',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: 'RFC 9293 §3.7.4',
  look: delayedAck('client'),
});

const expectUnanswered = defineFinding({
  id: 'expect.no-100',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §10.1.1',
  look: (on) =>
    on.connections.flatMap((connection) =>
      connection.exchanges.flatMap((exchange) => {
        // An expectation of HTTP/1.0 has to be ignored, and a server of HTTP/1.0 knows none.
        if ([exchange.request, exchange.response].some((message) => message?.version === '1.0')) return [];
        const stall = expectStall(exchange, connection);
        const isSent = exchange.request?.bodyStartNs !== null ? 'yes' : 'no';
        return stall ? [{ args: { waited: seconds(stall.ms * 1e6), isSent }, stream: stall.stream, frames: stall.frames }] : [];
      }),
    ),
});

export const traffic = [
  serverErrors,
  clientErrors,
  expectUnanswered,
  slowServer,
  slowest,
  serverDelayedAck,
  clientDelayedAck,
  retransmissions,
  serverWindow,
  clientWindow,
  repeatedSynAck,
];
