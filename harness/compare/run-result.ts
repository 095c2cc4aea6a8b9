import { z } from 'zod';
import type { CellIdentity, ObservedValue } from '../model.ts';
import { writtenValue, writtenValues } from './written-value.ts';

/**
 * The shape of `run.json`. One definition gives the TypeScript types, the validation when a run is read back, and
 * `results/run.schema.json` for programs in other languages. Fields are only ever added, never renamed.
 */
export const SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
const frame = z.int().positive();
const ms = z.number();
/** First and last frame, as Wireshark counts them. */
const frameSpan = z.tuple([frame, frame]);
const header = z.tuple([z.string(), z.string()]);

const skippedSchema = z.object({ reason: z.string(), remedy: z.string().describe('the one command that mends it') });

const toleranceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exact') }),
  z.object({ kind: z.literal('relative'), ratio: z.number(), absolute: z.number() }),
]);

/** A value as files have it; in the program its `window-s` is `windowS`. */
const writtenValueSchema = z.object({
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  frames: z.array(frame).describe('the frames that show it; a bounded list'),
  'window-s': z.number().exactOptional().describe('how long it was watched; with value null: still open then'),
  note: z.string().exactOptional().describe('plain words where the value alone would mislead'),
  conformance: z
    .object({ verdict: z.enum(['conforms', 'deviates', 'unspecified']), section: z.string(), because: z.string() })
    .exactOptional()
    .describe('what the RFC says of this value, where one speaks of it'),
  spread: z
    .object({
      runs: count.describe('runs that were observed, the one that gave the value included'),
      min: z.number().exactOptional(),
      median: z.number().exactOptional(),
      max: z.number().exactOptional(),
      values: z
        .array(z.object({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]), times: count }))
        .exactOptional()
        .describe('each value that was shown, the most frequent first'),
      absent: count.exactOptional().describe('runs that showed no such value'),
    })
    .exactOptional()
    .describe('how it varied where the cell was run several times (--repeat); without bounds and values: not at all'),
});

const valueSchema = writtenValueSchema
  .extend({ windowS: z.number().exactOptional().describe('window-s, as version 0.2.0 and earlier wrote it') })
  .transform(({ 'window-s': written, windowS = written, ...rest }): ObservedValue => (windowS === undefined ? rest : { ...rest, windowS }));

const side = z.enum(['server', 'client']);

const endpoint = z.object({ address: z.string(), port: count });
const bySide = <T extends z.ZodType>(each: T) => z.object({ client: each, server: each });

const connectionSchema = z.object({
  stream: count.describe("Wireshark's tcp.stream"),
  clientPort: count,
  serverPort: count,
  frames: frameSpan,
  frameCount: count,
  exchanges: count,
  zeekState: z.string().describe("Zeek's conn_state"),
  completeness: count.describe("Wireshark's tcp.completeness"),
  startMs: ms.describe("since the capture's first frame"),
  endMs: ms,
  payloadBytes: z.object({ client: count, server: count }),
  retransmissions: count,
  firstClose: z
    .object({
      by: side,
      how: z.enum(['FIN', 'RST']),
      frame,
      idleMs: ms.nullable().describe('since the last payload byte of the connection; null where the capture can not show it'),
    })
    .nullable(),
  closeCause: z
    .object({
      cause: z.string().nullable().describe('null where the capture can not show it'),
      because: z.string().nullable(),
      frames: z.array(frame),
      missing: z
        .array(z.enum(['start', 'client-side', 'server-side', 'bytes']))
        .exactOptional()
        .describe('parts of the connection that are not in the capture'),
    })
    .nullable()
    .exactOptional()
    .describe('the likely cause of firstClose'),
  timeWait: side.nullable().describe('the side that enters TIME_WAIT'),
  client: endpoint.exactOptional(),
  server: endpoint.exactOptional(),
  protocol: z.enum(['http/1', 'http/2', 'tls', 'other', 'none']).exactOptional().describe('by its first bytes; none: no payload'),
  serverSpeaks: z
    .enum(['http/2', 'tls', 'other'])
    .exactOptional()
    .describe("by the server's own first bytes, where these are not HTTP/1.x"),
  midStream: z.boolean().exactOptional().describe('the capture begins in the middle of the connection'),
  missingBytes: bySide(count).exactOptional().describe('acknowledged bytes that are not in the capture'),
  rttMs: ms.nullable().exactOptional().describe("of the handshake, as Wireshark's tcp.analysis.initial_rtt"),
  keepAliveRace: z
    .object({ close: frame, request: frame, reset: frame.nullable() })
    .nullable()
    .exactOptional()
    .describe("a request that was sent after the server's close, or crossed it; frames"),
  retransmissionsBy: bySide(z.object({ count, frames: z.array(frame).describe('a bounded list') })).exactOptional(),
  duplicateAcks: bySide(count).exactOptional(),
  outOfOrder: bySide(count).exactOptional(),
  zeroWindows: bySide(count).exactOptional().describe('frames that said: window 0'),
  zeroWindowProbes: bySide(count).exactOptional().describe('probes of a window of 0'),
  duplicatePackets: bySide(count).exactOptional().describe('packets that were captured twice; editcap -d removes them'),
  outOfTimeOrder: count.exactOptional().describe('frames whose time is before that of the frame before them'),
  synNumberRepeated: frame
    .nullable()
    .exactOptional()
    .describe('the first frame whose data begin with the sequence number of the SYN, one byte early: a capture made by hand'),
  finWaitExpired: z
    .object({ by: side, afterS: z.number(), frame })
    .nullable()
    .exactOptional()
    .describe("FIN-WAIT-2 of this side had ended when the other side's FIN came: a RST answers it (Linux: tcp_fin_timeout, 60 s)"),
});

const exchangeSchema = z.object({
  stream: count,
  index: count.describe('position on its connection, from 0'),
  step: z.string().nullable(),
  method: z.string().nullable().describe('null for an answer that nobody asked for'),
  target: z.string().nullable(),
  status: count.nullable().describe('null where no response came'),
  requestFrames: frameSpan.nullable(),
  responseFrames: frameSpan.nullable(),
  requestHeaders: z.array(header),
  responseHeaders: z.array(header),
  interimStatuses: z.array(count),
  version: z.string().nullable().describe('HTTP version of the response'),
  framing: z.enum(['none', 'content-length', 'chunked', 'close', 'tunnel']).nullable(),
  bodyBytes: count,
  startMs: ms.describe("first byte of the request, since the capture's first frame"),
  durationMs: ms.nullable().describe('to the last byte of the response'),
  complete: z.boolean(),
  problems: z.array(z.object({ kind: z.string(), detail: z.string(), frame: count })),
});

/** An id is a part of paths; a path stays below the run's folder. */
const id = z.string().regex(/^(?!\.{1,2}$)[^/\\]+$/);
export const innerPath = z.string().regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\\]+$/);

const cellIdentity = { server: id, client: id, scenario: id };
const noEvidence = {
  capture: innerPath.nullable(),
  captureSha256: z.string().nullable(),
  windowS: z.number().nullable(),
  notes: z.array(z.string()),
  connections: z.array(connectionSchema).max(0),
  exchanges: z.array(exchangeSchema).max(0),
  values: z.object({}),
};

/** How long a cell took; only for planning the next run. */
const times = {
  durationMs: ms.exactOptional().describe('from its beginning to its end'),
  activeMs: ms.exactOptional().describe('of these, without the watch of idle connections'),
};

/** Another run of the same cell (`--repeat`). */
const repeatSchema = z.object({
  capture: innerPath.nullable(),
  captureSha256: z.string().nullable(),
  reason: z.string().nullable().describe('why it failed; null where it was observed'),
});

const observedCellSchema = z.object({
  ...cellIdentity,
  ...times,
  state: z.literal('observed'),
  reason: z.null(),
  capture: innerPath.describe('relative to run.json'),
  captureSha256: z.string(),
  windowS: z.number().nullable().describe('longest time that idle connections were watched'),
  notes: z.array(z.string()),
  connections: z.array(connectionSchema),
  exchanges: z.array(exchangeSchema),
  exchangeCount: count.describe('all of them: the list is bounded'),
  values: z.record(z.string(), valueSchema),
  repeats: z.array(repeatSchema).exactOptional().describe('the other runs of this cell: what varied is in the spread of its values'),
});
const failedCellSchema = z.object({ ...cellIdentity, ...times, state: z.literal('failed'), reason: z.string(), ...noEvidence });
const skippedCellSchema = z.object({
  ...cellIdentity,
  state: z.literal('skipped'),
  reason: z.string(),
  remedy: z.string().nullable(),
  ...noEvidence,
});
const notApplicableCellSchema = z.object({ ...cellIdentity, state: z.literal('not-applicable'), reason: z.string(), ...noEvidence });

const cellSchema = z.discriminatedUnion('state', [observedCellSchema, failedCellSchema, skippedCellSchema, notApplicableCellSchema]);

const documentedDefault = z
  .object({
    value: z.number().nullable().describe('seconds, or requests; null where the documentation says that there is no limit'),
    atMost: z.number().exactOptional().describe('seconds: it ends between value and this'),
    setting: z.string(),
    source: z.string().describe('an address, or the file or command of the installed program that says it'),
    read: z.string().describe('the day on which the source was read'),
  })
  .nullable()
  .describe('null: not documented');

const sources = z
  .array(z.object({ text: z.string(), url: z.string().nullable() }))
  .exactOptional()
  .describe('of a model or an emulated browser: what it was written from');

export const serverRowSchema = z.object({
  id: z.string(),
  title: z.string(),
  provenance: z.enum(['real', 'model']),
  version: z.string().nullable(),
  variantOf: z.string().nullable(),
  modelOf: z.string().nullable().describe('the real server that a model imitates'),
  summary: z.string().nullable(),
  skipped: skippedSchema.nullable(),
  documented: z
    .object({
      idle: documentedDefault.describe('for the next request'),
      head: documentedDefault.describe('for a whole request head'),
      requests: documentedDefault.describe('on one connection'),
      looked: z
        .object({ source: z.string(), read: z.string().describe('the day on which it was read') })
        .exactOptional()
        .describe('where nothing was found on the timers that are null'),
    })
    .exactOptional()
    .describe('defaults that the documentation of the server names; absent where nothing is known of it'),
  sources,
});

export const clientRowSchema = z.object({
  id: z.string(),
  title: z.string(),
  provenance: z.enum(['emulated', 'real']),
  version: z.string().nullable(),
  skipped: skippedSchema.nullable(),
  sources,
  known: z
    .array(z.object({ what: z.string(), because: z.string() }))
    .exactOptional()
    .describe('where an emulated browser is known not to be as the real one'),
});

export const scenarioRowSchema = z.object({ id: z.string(), title: z.string() });

const observationRowSchema = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.enum(['s', 'ms', 'bytes', 'count']).nullable(),
  definition: z.string(),
  spec: z.string().nullable(),
  tolerance: toleranceSchema,
  race: z
    .string()
    .exactOptional()
    .describe('why it varies from one run to the next although nothing has changed; absent where it does not'),
});

const differenceSide = z.object({
  cell: z.string().describe('server/client/scenario'),
  value: valueSchema.nullable().describe('null: this side has no such value'),
});

const differenceSchema = z.object({
  against: z.enum(['majority', 'variant-base', 'earlier-version', 'baseline', 'real']).describe('what the left side stands for'),
  kind: z.enum(['differs', 'only-left', 'only-right']),
  observation: z.string(),
  left: differenceSide,
  right: differenceSide,
  agreeing: count.exactOptional().describe('majority: rows that share the value of the left side'),
  voting: count.exactOptional().describe('majority: rows that were counted'),
});

const claimSchema = z.object({
  id: z.string(),
  statement: z.string(),
  verdict: z.enum(['reproduced', 'reproduced-other-cause', 'contradicted', 'not-observable']),
  because: z.string(),
  evidence: z.array(z.object({ cell: z.string(), observation: z.string(), frames: z.array(frame) })),
});

const findingPlaceSchema = z.object({
  cell: z.string().nullable().describe('server/client/scenario; null for a capture from elsewhere'),
  stream: count.nullable().describe('null where it concerns no single connection'),
  frames: z.array(frame),
});

const ids = z.array(z.string());

/** A finding, as `harness/findings/` makes it: the same shape in `run.json`, `findings.json` and `analyze --json`. */
const findingSchema = z.object({
  id: z.string().describe('group.name; stable'),
  severity: z.enum(['fault', 'risk', 'advice', 'note']),
  level: z.enum(['MUST', 'SHOULD', 'MAY']).nullable(),
  spec: z.string().nullable().describe('null where no RFC speaks of it'),
  title: z.string(),
  seen: z.string(),
  consequence: z.string(),
  remedy: z.string(),
  server: z.string(),
  where: z.array(findingPlaceSchema).describe('a bounded list'),
});

const baselineSchema = z.object({
  run: z.string().describe('id of the run that it was compared with'),
  startedAt: z.string(),
  differences: z.array(differenceSchema).describe('left: the baseline'),
  lost: z.array(z.string()).describe('cells that were observed then and are not now'),
  added: z.array(z.string()).describe('cells that are observed now and were not then'),
  findings: z
    .object({ appeared: z.array(findingSchema), gone: z.array(findingSchema) })
    .exactOptional()
    .describe('of the cells that both runs observed'),
  notLookedFor: z
    .array(z.string())
    .exactOptional()
    .describe("ids of this run's findings that the version which made the baseline did not look for: neither new nor old"),
});

export const runInfoSchema = z.object({
  id: z.string(),
  wirematrix: z.string().exactOptional().describe('version of wirematrix that made this file; absent in 0.3.0 and earlier'),
  startedAt: z.string(),
  durationMs: ms,
  longestWaitMs: ms,
  host: z.object({ os: z.string(), kernel: z.string(), cpus: count, node: z.string() }),
  capture: z.object({
    backend: z.string(),
    clock: z.enum(['kernel', 'user', 'unknown']),
    framesCaptured: count,
    framesDropped: count.nullable().describe('null where the backend cannot know'),
  }),
  isolation: z.enum(['network-namespace', 'shared-loopback', 'unknown']),
  link: z
    .object({ rateKbit: z.number().optional(), delayMs: z.number().optional(), mtu: z.number().optional() })
    .optional()
    .describe("the shape of every cell's link, where the run asked for another than the scenarios'"),
  asked: z
    .object({
      servers: z.string().exactOptional(),
      clients: z.string().exactOptional(),
      scenarios: z.string().exactOptional(),
      models: z.boolean().exactOptional(),
      claims: z.boolean().exactOptional(),
      config: z.string().exactOptional(),
    })
    .exactOptional()
    .describe('the options of compare that chose its cells: --resume chooses the same ones'),
  definitions: z
    .string()
    .exactOptional()
    .describe('hash of the site and of the scenarios, questions and browsers: both halves of a resumed run have the same'),
  repeat: count.exactOptional().describe('how often each cell was run, where more than once'),
  own: z
    .object({
      observations: ids.exactOptional(),
      findings: ids.exactOptional().describe('all that were looked for, found or not'),
      claims: ids.exactOptional(),
      tolerances: ids.exactOptional().describe('observations that are compared by a tolerance of the configuration'),
    })
    .exactOptional()
    .describe('ids of what the configuration of the project defined: where it is not at hand, they are shown as this file has them'),
  shard: z
    .object({ index: count, count, cells: z.array(z.string()).describe('server/client/scenario of every cell of all shards, in order') })
    .exactOptional()
    .describe('this run is one part of a larger one'),
  parts: z
    .array(z.object({ startedAt: z.string(), durationMs: ms }))
    .exactOptional()
    .describe('a run that was cut and resumed: when each part ran'),
});

export const runResultSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: runInfoSchema,
  servers: z.array(serverRowSchema),
  clients: z.array(clientRowSchema),
  scenarios: z.array(scenarioRowSchema),
  observations: z.array(observationRowSchema),
  cells: z.array(cellSchema),
  differences: z.array(differenceSchema),
  claims: z.array(claimSchema),
  findings: z.array(findingSchema).default([]).describe('what is wrong, what follows and what mends it; the worst first'),
  lookedFor: z
    .array(z.string())
    .exactOptional()
    .describe('ids of the findings that this version looked for; absent in runs of 0.3.0 and earlier'),
  baseline: baselineSchema.exactOptional().describe('only where the run was compared with an earlier one'),
});

export type RunResult = z.infer<typeof runResultSchema>;
// Parts of it, so that the package's declarations hold each schema once.
export type RunInfo = z.infer<typeof runInfoSchema>;
export type RepeatedRun = NonNullable<ObservedCell['repeats']>[number];
export type ServerRow = z.infer<typeof serverRowSchema>;
export type DocumentedDefault = NonNullable<z.infer<typeof documentedDefault>>;
export type ClientRow = z.infer<typeof clientRowSchema>;
export type ScenarioRow = z.infer<typeof scenarioRowSchema>;
export type ObservationRow = RunResult['observations'][number];
export type CellResult = RunResult['cells'][number];
export type ObservedCell = Extract<CellResult, { state: 'observed' }>;
export type FailedCell = Extract<CellResult, { state: 'failed' }>;
export type SkippedCell = Extract<CellResult, { state: 'skipped' }>;
export type ConnectionRow = ObservedCell['connections'][number];
export type ExchangeRow = ObservedCell['exchanges'][number];
export type FindingRow = RunResult['findings'][number];
export type Difference = RunResult['differences'][number];
export type BaselineComparison = NonNullable<RunResult['baseline']>;
export type ClaimResult = RunResult['claims'][number];

/** A run in the format of `run.json`, as `parseRunResult` reads it back. */
export function writtenRun(run: RunResult): z.input<typeof runResultSchema> {
  const side = ({ cell, value }: Difference['left']) => ({ cell, value: value && writtenValue(value) });
  const difference = ({ left, right, ...rest }: Difference) => {
    const { against, kind, observation, ...counts } = rest;
    return { against, kind, observation, left: side(left), right: side(right), ...counts };
  };
  const { baseline, ...rest } = run;
  return {
    ...rest,
    cells: run.cells.map((cell) => (cell.state === 'observed' ? { ...cell, values: writtenValues(cell.values) } : cell)),
    differences: run.differences.map(difference),
    ...(baseline ? { baseline: { ...baseline, differences: baseline.differences.map(difference) } } : {}),
  };
}

/** The cell that an id of `cellId` names. */
export function cellOfId(id: string): CellIdentity {
  const [server = '', client = '', scenario = ''] = id.split('/');
  return { server, client, scenario };
}

export { cellId } from '../model.ts';

/** The schema in JSON Schema (draft 2020-12), as `results/run.schema.json` holds it. */
export function runJsonSchema(): object {
  const schema = z.toJSONSchema(runResultSchema, {
    io: 'input',
    // zod leaves objects open in a schema of what is read; files have nothing that the schema does not name.
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'object' && jsonSchema.properties) jsonSchema.additionalProperties = false;
    },
  });
  return { title: 'wirematrix run.json', ...schema };
}

/** What mends a `run.json` that can't be used. */
export const MADE_AGAIN = 'move it away: wirematrix table makes it again from the captures beside it';

/**
 * Checks data read from a `run.json`.
 * @throws Error that names the file and the first places that don't fit the schema
 */
export function parseRunResult(data: unknown, file: string): RunResult {
  const parsed = runResultSchema.safeParse(data);
  // Runs of the first versions have no findings: nothing was looked for.
  if (parsed.success) return Object.hasOwn(data as object, 'findings') ? parsed.data : { ...parsed.data, lookedFor: [] };
  const places = parsed.error.issues.slice(0, 5).map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new Error(
    `${file} is not a run of schema version ${SCHEMA_VERSION}:\n${places.join('\n')}\nIf another version of wirematrix made it, ${MADE_AGAIN}`,
  );
}
