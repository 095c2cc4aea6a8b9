import { defineObservation } from './observation.ts';
import { frameList, lastStep, medianOf, openedIn, round, value } from './step.ts';

const duration = defineObservation({
  id: 'handshake.ms',
  title: 'TCP handshake',
  unit: 'ms',
  definition:
    "From the SYN to the client's ACK of the SYN-ACK: the median (the shorter of two middle ones) over the connections that were opened in the last step. Frames: SYN, SYN-ACK and ACK of the median connection.",
  spec: 'RFC 9293 §3.5',
  observe(evidence) {
    const handshakes = openedIn(evidence, lastStep(evidence)).flatMap(({ handshake: shake }) => (shake ? [shake] : []));
    const median = medianOf(handshakes, (shake) => shake.ackNs - shake.synNs);
    return median && value(round((median.ackNs - median.synNs) / 1e6, 3), frameList(median.synFrame, median.synAckFrame, median.ackFrame));
  },
});

export const handshake = [duration];
