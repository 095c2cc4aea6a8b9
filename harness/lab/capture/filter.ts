/** The name of the loopback interface here. */
export const LOOPBACK: string = process.platform === 'darwin' ? 'lo0' : 'lo';

/** Whether an interface is the loopback interface: only there can marks be sent, and is each packet seen twice. */
export const isLoopback = (name: string): boolean => name === LOOPBACK;

/**
 * The filter of a capture in libpcap's syntax.
 *
 * On Linux each packet on `lo` is captured twice, outgoing and incoming. libpcap drops the outgoing ones, but only after they have taken a
 * place in the ring and in the counters; `inbound` drops them in the kernel.
 */
export function captureFilter(options: { interface: string; port?: number; condition?: string; markerPort?: number }): string {
  const parts: string[] = [];
  if (isLoopback(options.interface) && process.platform === 'linux') parts.push('inbound');
  const wanted = [
    ...(options.port === undefined ? [] : [`tcp port ${options.port}`]),
    ...(options.condition === undefined ? [] : [`(${options.condition})`]),
  ];
  if (wanted.length > 0) {
    const packets = wanted.join(' and ');
    parts.push(options.markerPort === undefined ? packets : `(${packets} or udp port ${options.markerPort})`);
  }
  return parts.join(' and ');
}
