/** What the decoder tells of a capture by the slow path alone, and with the fast one before it. */
import { Writable } from 'node:stream';
import { AnalysisText } from '../../harness/analysis/analysis-text.ts';
import { NotACaptureError } from '../../harness/capture-file/read-capture.ts';
import { type DecodeOptions, type DecodeSink, decodeCapture } from '../../harness/decode/decode-capture.ts';
import { FastPath } from '../../harness/fast-path/fast-path.ts';
import { ExchangeBudget } from '../../harness/http/exchange-budget.ts';
import type { CaptureInfo } from '../../harness/model.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../harness/tcp/connection-tracker.ts';

const { reclaim } = FastPath.prototype;

/** Whether a connection that came back is lent again at once, however little it brought: then short captures change paths as often as they can. */
export function lendEagerly(eagerly: boolean): void {
  FastPath.prototype.reclaim = eagerly
    ? function (this: FastPath, connection) {
        reclaim.call(this, connection);
        connection.notLentBefore = 0;
      }
    : reclaim;
}
lendEagerly(true);

export const FAST = 0;
export const SLOW = Number.POSITIVE_INFINITY;

/** All that there is of each exchange and connection, in the order in which they are told, then the capture. */
export async function wholeTelling(input: Uint8Array, fastPathFrom: number, options: DecodeOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  const capture = await decodeCapture(
    input,
    { ...options, fastPathFrom },
    {
      exchange: (exchange) => lines.push(JSON.stringify(exchange)),
      connection: (connection) => lines.push(JSON.stringify(connection)),
    },
  );
  lines.push(JSON.stringify(withoutBigInts(capture)));
  return lines;
}

export interface ListedOptions extends Pick<DecodeOptions, 'limits'> {
  /** Exchanges that may be kept: what goes beyond it is listed. */
  budget: number;
  /** Connections of a server that come when so many have been told keep nothing, however much is left. */
  connections?: number;
  /** Nothing is listed, as for servers that `--port` leaves out. */
  silent?: boolean;
}

/** As `analyze` prints it, and all that there is of each connection. */
export async function listedTelling(
  input: Uint8Array,
  fastPathFrom: number,
  { budget, connections: most = Number.POSITIVE_INFINITY, silent = false, ...options }: ListedOptions,
): Promise<string[]> {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const text = new AnalysisText(out, []);
  const exchanges = new ExchangeBudget(budget);
  const connections: string[] = [];
  const sink: DecodeSink = {
    exchange: (exchange, connection) => {
      if (!silent) text.exchange(exchange, connection.endpoint('server'));
    },
    connection: (connection) => {
      text.connection(connection);
      const isKept = !exchanges.withoutExchanges.has(connection);
      connections.push(JSON.stringify({ ...connection, exchanges: isKept ? connection.exchanges.length : 'not kept' }));
      // Of every other one no use is made.
      if (connections.length >= most) exchanges.closeTo(connection.server);
      if (isKept && connection.stream % 2 === 0) exchanges.left += connection.exchanges.length;
    },
    listing: silent ? { ...text.listing, lineStart: () => null } : text.listing,
  };
  const capture = await decodeCapture(input, { ...options, budget: exchanges, fastPathFrom }, sink);
  await text.end(capture, [], () => ({}), { stalls: [], proxied: [] });
  return [...Buffer.concat(chunks).toString().split('\n'), ...connections];
}

/** Connections that are closed are told soon, while others go on. */
const FEW: ConnectionLimits = { open: CONNECTION_LIMITS.open, finished: 1 };

/** The first thing that the two paths tell differently of `input`; `null`: there is none. */
export async function difference(input: Uint8Array): Promise<{ slow: string | undefined; fast: string | undefined } | null> {
  const tellings = [
    (from: number) => wholeTelling(input, from),
    (from: number) => listedTelling(input, from, { budget: 0 }),
    (from: number) => listedTelling(input, from, { budget: 3, silent: true }),
    (from: number) => listedTelling(input, from, { budget: 3, connections: 1, limits: FEW }),
  ];
  for (const tell of tellings) {
    const slow = await tell(SLOW).catch(notACapture);
    const fast = await tell(FAST).catch(notACapture);
    for (let line = 0; line < Math.max(slow.length, fast.length); line++)
      if (slow[line] !== fast[line]) return { slow: slow[line], fast: fast[line] };
  }
  return null;
}

function notACapture(error: unknown): string[] {
  if (error instanceof NotACaptureError) return [error.message];
  throw error;
}

const withoutBigInts = (capture: CaptureInfo): object => ({ ...capture, baseEpochNs: String(capture.baseEpochNs) });
