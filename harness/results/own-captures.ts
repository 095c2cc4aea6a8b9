/** Captures that someone made with Wireshark, as cells: files named `<server>__<browser>.pcapng`, or a `manifest.json`. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { CellFacts } from '../claims/claim.ts';
import { ANY_SCENARIO, isDocument } from '../claims/facts.ts';
import { observeAll } from '../compare/cell-result.ts';
import { toEvidence } from '../decode/cell-evidence.ts';
import { decodeFile } from '../decode/decode-capture.ts';
import type { Connection, Evidence, StepMark } from '../model.ts';
import { observations } from '../observe/index.ts';
import { badArgument } from '../system/coded-error.ts';
import { nearName } from '../system/near-name.ts';
import { reasonOf } from '../system/reason.ts';
import { fileInside } from './inside.ts';

const MANIFEST = 'manifest.json';

const manifestSchema = z.object({
  captures: z.array(
    z.object({
      file: z.string().describe('relative to the manifest'),
      server: z.string(),
      browser: z.string(),
      scenario: z.string().exactOptional().describe('what was done: close, revisit, …; any visit where left out'),
      port: z.int().positive().exactOptional().describe('where the server listened; default: the port that answered most requests'),
    }),
  ),
});

interface OwnCapture {
  file: string;
  server: string;
  client: string;
  scenario: string;
  port: number | null;
}

/** Ids of servers and browsers by the names that the lab reports use. */
const ALIASES: Readonly<Record<string, string>> = {
  chrome: 'chromium',
  ie: 'ie11',
  node: 'express',
  nodejs: 'express',
  'node.js': 'express',
  phpnow: 'apache-php',
  apache: 'apache-php',
  'http.server': 'python-http',
};

const named = (name: string): string => ALIASES[name.toLowerCase()] ?? name.toLowerCase();

/**
 * Reads the captures of a folder.
 * @throws CodedError (bad-argument) where there is none, a name can't be read, or a file is no capture
 */
export async function ownCaptures(dir: string): Promise<CellFacts[]> {
  const captures = await listCaptures(dir);
  if (captures.length === 0) throw badArgument(`${dir} holds no capture named <server>__<browser>.pcapng (or .pcap), and no ${MANIFEST}`);
  return Promise.all(captures.map((capture) => cellOf(dir, capture)));
}

/** Captures in the folder that no claim can be about, and why: as a sentence that begins with the file's name. */
export async function strayCaptures(dir: string, servers: readonly string[], clients: readonly string[]): Promise<string[]> {
  const captures = await listCaptures(dir);
  const unknown = captures.flatMap(({ file, server, client }) => {
    const wrong = !servers.includes(server) ? (['server', server, servers] as const) : (['browser', client, clients] as const);
    const [what, name, all] = wrong;
    if (all.includes(name)) return [];
    const meant = nearName(name, [...all, ...Object.keys(ALIASES)]);
    return [`${file}: there is no ${what} "${name}"${meant === undefined ? '' : `; did you mean ${meant}?`}`];
  });
  const known = new Set(captures.map(({ file }) => file));
  const names = await readdir(dir);
  const others = names.includes(MANIFEST) ? [] : names.filter((name) => CAPTURE.test(name) && !known.has(name)).sort();
  return [...unknown, ...others.map((file) => `${file}: its name is not <server>__<browser>.pcapng`)];
}

const CAPTURE = /\.pcap(?:ng)?(?:\.gz)?$/i;

async function listCaptures(dir: string): Promise<OwnCapture[]> {
  const names = await readdir(dir).catch((error: Error) => {
    throw badArgument(`can't read the folder ${dir}: ${error.message}`);
  });
  if (names.includes(MANIFEST)) return fromManifest(path.join(dir, MANIFEST));
  return names.sort().flatMap((file): OwnCapture[] => {
    const found = /^(.+?)__(.+?)\.pcap(?:ng)?(?:\.gz)?$/i.exec(file);
    return found ? [{ file, server: named(found[1]!), client: named(found[2]!), scenario: ANY_SCENARIO, port: null }] : [];
  });
}

async function fromManifest(file: string): Promise<OwnCapture[]> {
  try {
    const { captures } = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return captures.map(({ file: name, server, browser, scenario = ANY_SCENARIO, port = null }) => ({
      file: name,
      server: named(server),
      client: named(browser),
      scenario,
      port,
    }));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') : reasonOf(error);
    throw badArgument(`${file} can't be read: ${why}`);
  }
}

async function cellOf(dir: string, { file, server, client, scenario, port }: OwnCapture): Promise<CellFacts> {
  const decoded = await fileInside(dir, file)
    .then((capture) => decodeFile(capture, port === null ? {} : { ports: [port] }))
    .catch((error: Error) => {
      throw badArgument(`${path.join(dir, file)}: ${error.message}`);
    });
  const own = port ?? busiestPort(decoded.connections);
  const connections = decoded.connections.filter((connection) => own === null || connection.server.port === own);
  const whole = toEvidence(decoded.capture, connections);
  const identity = { server, client, scenario };
  const evidence: Evidence = withVisits({ ...whole, cell: identity });
  return {
    ...identity,
    id: `${server}/${client}/${scenario}`,
    serverProvenance: 'real',
    clientProvenance: 'real',
    capture: file,
    windowS: null,
    values: observeAll(evidence, observations),
    evidence,
  };
}

/** The server's port: the one that sent most in HTTP responses. A capture of the loopback interface has other programs' traffic too. */
function busiestPort(connections: readonly Connection[]): number | null {
  const answers = new Map<number, number>();
  for (const { server, exchanges } of connections) {
    // A background poll answers often, but serves no page.
    const weight = exchanges
      .filter(({ request, response }) => request && response)
      .reduce((sum, { response }) => sum + 1 + (response?.bodyBytes ?? 0), 0);
    if (weight > 0) answers.set(server.port, (answers.get(server.port) ?? 0) + weight);
  }
  return [...answers].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** In a capture without step marks, each request for the first page begins a visit. Visits get the names that the scenarios use. */
function withVisits(evidence: Evidence): Evidence {
  if (evidence.steps.length > 0) return evidence;
  const page = evidence.exchanges.find(({ request, response }) => request && response && isDocument(request.target))?.request?.target;
  const visits = evidence.exchanges.filter(({ request }) => page !== undefined && request?.target === page);
  if (visits.length < 2) return evidence;
  const steps: StepMark[] = visits.map(({ request }, index) => ({
    id: index === 0 ? 'first-visit' : index === 1 ? 'revisit' : `revisit-${index}`,
    frame: index === 0 ? 1 : (request?.frames[0] ?? 1),
    timeNs: index === 0 ? 0 : (request?.startNs ?? 0),
  }));
  for (const exchange of evidence.exchanges) {
    const frame = (exchange.request ?? exchange.response)?.frames[0] ?? 0;
    exchange.step = steps.findLast((step) => step.frame <= frame)?.id ?? null;
  }
  return { ...evidence, steps };
}
