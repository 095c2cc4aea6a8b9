/** What the decoder reports of a capture by the slow path alone, and with the fast one before it. */
import { Writable } from 'node:stream';
import { AnalysisText } from '../../harness/analysis/analysis-text.ts';
import { TimeTaken } from '../../harness/analysis/time-taken.ts';
import { NotACaptureError } from '../../harness/capture-file/read-capture.ts';
import { exchangeRow } from '../../harness/compare/cell-result.ts';
import { type DecodeOptions, type DecodeSink, decodeCapture } from '../../harness/decode/decode-capture.ts';
import type { OpenPlainReader } from '../../harness/decode/plain-reader.ts';
import { loadFastPath } from '../../harness/fast-path/fast-path.ts';
import { ExchangeBudget } from '../../harness/http/exchange-budget.ts';
import type { CaptureInfo } from '../../harness/model.ts';
import { Timings } from '../../harness/observe/timing.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../harness/tcp/connection-tracker.ts';

/** Connections change hands as often as they can. */
export const FAST: OpenPlainReader = (_, onSummary) => loadFastPath(onSummary, { waits: false });
/** As users have it, for a capture of any size. */
export const PATIENT: OpenPlainReader = (_, onSummary) => loadFastPath(onSummary);
export const SLOW: OpenPlainReader = () => null;

/** Each exchange and connection whole, in the order in which they are reported, then the capture. */
export async function wholeReport(input: Uint8Array, plainReader: OpenPlainReader, options: DecodeOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  const capture = await decodeCapture(
    input,
    { ...options, plainReader },
    {
      exchange: (exchange) => lines.push(JSON.stringify(exchange)),
      connection: (connection) => lines.push(JSON.stringify(connection)),
    },
  );
  lines.push(JSON.stringify(withoutBigInts(capture)));
  return lines;
}

export interface ListedOptions extends Pick<DecodeOptions, 'limits'> {
  /** Exchanges that may be kept; those beyond it are only listed. */
  budget: number;
  /** Connections of a server that come after so many keep nothing, however much is left. */
  connections?: number;
}

/** As `analyze` prints it: the text, the row of each exchange, and each connection whole. */
export async function listedReport(
  input: Uint8Array,
  plainReader: OpenPlainReader,
  { budget, connections: most = Number.POSITIVE_INFINITY, ...options }: ListedOptions,
): Promise<string[]> {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const text = new AnalysisText(out, [], { all: true });
  const timeTaken = new TimeTaken();
  const timings = new Timings();
  const exchanges = new ExchangeBudget(budget);
  const connections: string[] = [];
  const rows: string[] = [];
  const sink: DecodeSink = {
    summary: (exchange, server, connection) => {
      text.exchange(exchange, server);
      rows.push(JSON.stringify({ ...exchangeRow(exchange), timing: timings.of(exchange, connection) }));
      timeTaken.exchange(exchange, server, connection);
    },
    connection: (connection) => {
      text.connection(connection);
      timeTaken.connection(connection);
      const isKept = !exchanges.withoutExchanges.has(connection);
      connections.push(JSON.stringify(connection));
      // Of every other one no use is made.
      if (connections.length >= most) exchanges.closeTo(connection.server);
      if (isKept && connection.stream % 2 === 0) exchanges.left += connection.exchanges.length;
    },
  };
  const capture = await decodeCapture(input, { ...options, budget: exchanges, plainReader }, sink);
  const times = timeTaken.end([]);
  await text.end({ capture, servers: [], together: () => ({}), findings: [], times });
  text.dispose();
  return [...Buffer.concat(chunks).toString().split('\n'), ...rows, ...connections, JSON.stringify(times)];
}

/** Connections that are closed are reported soon, while others go on. */
const FEW: ConnectionLimits = { open: CONNECTION_LIMITS.open, finished: 1 };

/** The first line that the two paths report differently of `input`; `null`: there is none. */
export async function difference(input: Uint8Array): Promise<{ slow: string | undefined; fast: string | undefined } | null> {
  const reports = [
    (reader: OpenPlainReader) => wholeReport(input, reader),
    (reader: OpenPlainReader) => listedReport(input, reader, { budget: 0 }),
    (reader: OpenPlainReader) => listedReport(input, reader, { budget: 3, connections: 1, limits: FEW }),
  ];
  for (const report of reports) {
    const slow = await report(SLOW).catch(notACapture);
    const fast = await report(FAST).catch(notACapture);
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
