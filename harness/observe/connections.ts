import type { Connection, Evidence, StepMark } from '../model.ts';
import { defineObservation } from './observation.ts';
import { askedIn, carriesOther, connectionsIn, frameList, isUsed, lastStep, openedIn, round, value } from './step.ts';

const SPEC = 'RFC 9112 §9';
/** A browser opens another connection where none is free at that moment. */
const RACE = 'which of the connections is free, or closed, first';

const handshakeFrames = (connections: Connection[]): number[] =>
  frameList(connections.map((connection) => connection.handshake?.ackFrame ?? connection.firstFrame));

/** Connections that carried at least one request of the step, in the order of their first one. */
function usedIn(evidence: Evidence, step: StepMark): Connection[] {
  const streams = new Set(askedIn(evidence, step).map((exchange) => exchange.stream));
  return [...streams].flatMap((stream) => evidence.connections.filter((connection) => connection.stream === stream));
}

const opened = defineObservation({
  id: 'connections.opened',
  title: 'connections opened',
  unit: 'count',
  definition:
    'TCP connections whose three-way handshake was completed in the last step of the scenario. Frames: the ACK that completed each.',
  spec: 'RFC 9293 §3.5',
  race: RACE,
  observe(evidence) {
    const connections = openedIn(evidence, lastStep(evidence));
    return value(connections.length, handshakeFrames(connections));
  },
});

const used = defineObservation({
  id: 'connections.used',
  title: 'connections used',
  unit: 'count',
  definition:
    'Connections that carried at least one request of the last step, or TLS or HTTP/2 that began in it, including those that an earlier step had opened. Frames: the first such request on each, or the frame that shows the protocol.',
  spec: SPEC,
  race: RACE,
  observe(evidence) {
    const step = lastStep(evidence);
    const first = new Map<number, number>();
    for (const exchange of askedIn(evidence, step)) if (!first.has(exchange.stream)) first.set(exchange.stream, exchange.request.frames[0]);
    for (const { stream, protocolFrame } of evidence.connections.filter(carriesOther)) {
      if (protocolFrame !== null && protocolFrame >= step.frame && !first.has(stream)) first.set(stream, protocolFrame);
    }
    return value(first.size, frameList([...first.values()]));
  },
});

const unused = defineObservation({
  id: 'connections.unused',
  title: 'connections never used',
  unit: 'count',
  definition:
    'Connections with a completed handshake that were opened or still open in the last step and carried no request in the whole capture, nor another protocol. Frames: the ACK that completed the handshake of each.',
  spec: SPEC,
  race: RACE,
  observe(evidence) {
    const connections = connectionsIn(evidence, lastStep(evidence)).filter(
      (connection) => connection.handshake && !isUsed(connection) && !carriesOther(connection),
    );
    return value(connections.length, handshakeFrames(connections));
  },
});

const maxConcurrent = defineObservation({
  id: 'connections.max-concurrent',
  title: 'most connections at one time',
  unit: 'count',
  definition:
    'The most connections that were open at one time in the last step: from the ACK that completes the handshake to the first FIN or RST of either side. Frames: the ACK of each of those connections.',
  spec: SPEC,
  race: RACE,
  observe(evidence) {
    const step = lastStep(evidence);
    const connections = connectionsIn(evidence, step).filter((connection) => connection.handshake !== null || connection.midStream);
    const opensAt = (connection: Connection) => connection.handshake?.ackFrame ?? connection.firstFrame;
    const closesAt = (connection: Connection) => connection.firstClose?.frame ?? Number.POSITIVE_INFINITY;
    let most: Connection[] = [];
    for (const connection of connections) {
      const moment = Math.max(opensAt(connection), step.frame);
      const open = connections.filter((other) => opensAt(other) <= moment && closesAt(other) > moment);
      if (open.length > most.length) most = open;
    }
    return value(most.length, handshakeFrames(most));
  },
});

const reuse = defineObservation({
  id: 'connections.reuse',
  title: 'requests per connection',
  unit: null,
  definition:
    'Requests of the last step divided by the connections that carried them, to two decimals. Frames: the first request on each of these connections.',
  spec: 'RFC 9112 §9.3',
  race: RACE,
  observe(evidence) {
    const step = lastStep(evidence);
    const exchanges = askedIn(evidence, step);
    const connections = usedIn(evidence, step);
    if (connections.length === 0) return null;
    const firsts = connections.map((connection) => exchanges.find((exchange) => exchange.stream === connection.stream)?.request.frames[0]);
    return value(round(exchanges.length / connections.length, 2), frameList(firsts));
  },
});

export const connections = [opened, used, unused, maxConcurrent, reuse];
