import type { Connection, Evidence, Side } from '../model.ts';
import { defineObservation } from './observation.ts';
import { connectionsIn, frameList, lastStep, medianOf, round, value, watchedS } from './step.ts';

interface Probe {
  frame: number;
  timeNs: number;
}

const SIDES: Side[] = ['client', 'server'];

/** Keep-alive probes of one side of a connection, within the last step. */
function probesOf(connection: Connection, side: Side, fromFrame: number): Probe[] {
  const { keepAliveProbeFrames, keepAliveProbeTimesNs } = connection.sides[side];
  return keepAliveProbeFrames
    .map((frame, index) => ({ frame, timeNs: keepAliveProbeTimesNs[index] ?? 0 }))
    .filter((probe) => probe.frame >= fromFrame);
}

function probesBySide(evidence: Evidence): { side: Side; probes: Probe[] }[] {
  const step = lastStep(evidence);
  return connectionsIn(evidence, step).flatMap((connection) =>
    SIDES.map((side) => ({ side, probes: probesOf(connection, side, step.frame) })),
  );
}

const probes = defineObservation({
  id: 'tcp.keepalive-probes',
  title: 'TCP keep-alive probes',
  unit: 'count',
  definition:
    "Keep-alive probes that either side sent in the last step, on all connections. By Wireshark's rule a probe is a segment of no byte or one, just below the next sequence number that the peer expects; while the peer's window is 0 such a segment is a probe of the window, and is not counted. At most 256 are counted for each side of a connection.",
  spec: 'RFC 9293 §3.8.4',
  // How many there are depends on where the window ends: one more or fewer is no difference.
  tolerance: { kind: 'relative', ratio: 0.25, absolute: 1 },
  race: 'how many connections the client had opened by then: each is probed',
  observe(evidence) {
    if (evidence.connections.length === 0) return null;
    const bySide = probesBySide(evidence);
    const all = bySide.flatMap((entry) => entry.probes.map((probe) => probe.frame));
    const senders = [...new Set(bySide.filter((entry) => entry.probes.length > 0).map((entry) => entry.side))];
    return value(all.length, frameList(all), senders.length > 0 ? { note: `sent by the ${senders.join(' and the ')}` } : {});
  },
});

const interval = defineObservation({
  id: 'tcp.keepalive-interval-s',
  title: 'TCP keep-alive interval',
  unit: 's',
  definition:
    'Seconds between two keep-alive probes that one side sent in succession on the same connection in the last step: the median. null where no connection had two. Frames: the two probes of the median.',
  spec: 'RFC 9293 §3.8.4',
  observe(evidence) {
    if (evidence.connections.length === 0) return null;
    const pairs = probesBySide(evidence).flatMap(({ probes: sent }) =>
      sent.slice(1).map((probe, index) => ({ from: sent[index] ?? probe, to: probe })),
    );
    const median = medianOf(pairs, (pair) => pair.to.timeNs - pair.from.timeNs);
    if (!median) return value(null, [], { note: `no two probes on one connection in ${watchedS(evidence, lastStep(evidence).timeNs)} s` });
    return value(round((median.to.timeNs - median.from.timeNs) / 1e9, 3), frameList(median.from.frame, median.to.frame));
  },
});

export const tcpKeepalive = [probes, interval];
