import type { FirstImpression } from '../lab/run.ts';
import type { Evidence, Exchange } from '../model.ts';

/** An answer that takes longer is waited for longer, this many times as long. */
const SLOW_MS = 1_500;
const PATIENT = 3;
const LONGEST_WAIT_MS = 60_000;

/** What the first cell of the user's own server says about the others: whether it speaks HTTP/1.x at all, and how slowly. */
export function firstImpression({ exchanges, connections }: Pick<Evidence, 'exchanges' | 'connections'>): FirstImpression {
  const answered = exchanges.filter(({ response }) => response !== null && response.version !== '0.9');
  const protocols = new Set(connections.map(({ serverSpeaks }) => serverSpeaks));
  // A port of TLS may answer plain HTTP with 400.
  const isTls = protocols.has('tls') && answered.every(({ response }) => response?.status === 400);
  if (answered.length > 0 && !isTls) {
    const slowest = Math.max(0, ...answered.map(thinkMs));
    const endless = answered.every(({ response }) => response?.complete === false);
    return {
      stop: null,
      answerTimeoutMs: slowest > SLOW_MS ? Math.min(LONGEST_WAIT_MS, Math.ceil(slowest * PATIENT)) : null,
      ...(endless ? { endless } : {}),
    };
  }
  const remedy = protocols.has('tls')
    ? 'name a port that speaks HTTP/1.x in the clear, or start it with TLS off'
    : protocols.has('http/2')
      ? 'name a port that speaks HTTP/1.1'
      : 'name another target with --path, or wait longer for an answer with --answer-timeout';
  const reason = isTls ? 'the port speaks TLS' : 'the server gave no HTTP/1.x answer to the first questions';
  return { stop: { reason, remedy }, answerTimeoutMs: null };
}

const thinkMs = ({ request, response }: Exchange): number =>
  request === null || response === null ? 0 : (response.startNs - request.endNs) / 1e6;

/** Whether a server answered anything, or closed a connection at least; `null` where it was asked no whole request, so that it had nothing to answer. */
export function reacts({ exchanges, connections }: Pick<Evidence, 'exchanges' | 'connections'>): boolean | null {
  if (exchanges.some(({ response }) => response !== null) || connections.some(({ firstClose }) => firstClose?.by === 'server')) return true;
  return exchanges.some(({ request }) => request?.complete) ? false : null;
}
