/** What `wirematrix.config.ts` may hold, and what is wrong with one. */
import { z } from 'zod';
import { clients } from '../../clients/index.ts';
import type { Question } from '../../clients/probe/question.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { servers } from '../../servers/index.ts';
import { claims } from '../claims/index.ts';
import type { OwnClaim } from '../claims/own-claim.ts';
import { type Rule, SEVERITIES } from '../findings/finding.ts';
import { RULES } from '../findings/rules/index.ts';
import type { Observation } from '../model.ts';
import { observations } from '../observe/index.ts';
import { upstreamSides } from '../race/definitions.ts';
import { RACE_THRESHOLDS } from '../race/judge/gate.ts';
import { plantedServers } from '../race/planted.ts';
import { reporters } from '../report/index.ts';
import type { Reporter } from '../report/reporter.ts';
import { badArgument } from '../system/coded-error.ts';

const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id);
const BUILT_IN = {
  findings: idsOf(RULES),
  observations: idsOf(observations),
  claims: idsOf(claims),
  servers: ['all', 'real', 'models', 'variants', 'planted', ...idsOf(servers), ...idsOf(plantedServers)],
  upstreams: ['all', 'proxies', 'libraries', ...idsOf(upstreamSides)],
  clients: ['all', 'emulated', 'real', ...idsOf(clients)],
  scenarios: ['all', ...idsOf(scenarios)],
  reporters: idsOf(reporters),
} as const;
type Kind = keyof typeof BUILT_IN;
/** Where a configuration defines its own of a kind, where the setting has another name. */
const SETTING_OF: Partial<Record<Kind, string>> = { clients: 'profiles', upstreams: 'proxies' };

const GROUP = /^[^.-]+/;

/** An id that is there: of this project, or of the configuration itself. */
const known = (kind: Kind, own: ReadonlySet<string>, more: readonly string[] = []) =>
  z.string().superRefine((id, context) => {
    const all = [...more, ...BUILT_IN[kind], ...own];
    if (all.includes(id) || (kind === 'reporters' && /[./\\]/.test(id))) return;
    const group = GROUP.exec(id)?.[0] ?? '';
    const near = all.filter((one) => group !== '' && one.startsWith(group));
    const shown = near.length > 0 ? near : all;
    context.addIssue({
      code: 'custom',
      message: `there is no "${id}"; there are: ${shown.slice(0, 20).join(', ')}${shown.length > 20 ? ', …' : ''}`,
    });
  });

const text = z.string().min(1, 'expected some text, and it is empty');
const SECONDS = 'expected seconds above 0, up to 3600';
const seconds = z.number().positive(SECONDS).max(3_600, SECONDS);
const atLeast0 = z.number().min(0, 'expected a number of at least 0');
const target = z.string().regex(/^\/[\x21-\x7e]*$/, 'expected a target that begins with a slash, as in /index.html');
const id = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected an id of small letters, digits, dots and hyphens');
const callable = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'expected a function');
const SAMPLES = 'expected a whole number from 1 to 20';
const PORT = 'expected a port from 1 to 65535';
const port = z.int().min(1, PORT).max(65_535, PORT);

const serverSchema = z.strictObject({ id, title: text.optional(), command: text, port, path: target.optional(), large: target.optional() });
const proxySchema = z.strictObject({
  id,
  title: text.optional(),
  summary: text.optional(),
  kind: z.enum(['proxy', 'library']).optional(),
  command: text,
});
const scenarioSchema = z
  .looseObject({
    id,
    title: text,
    for: z.enum(['browser', 'probe']),
    steps: z.array(z.looseObject({ id, actions: z.array(z.looseObject({ do: text })) })).min(1),
  })
  .refine(({ id, steps }) => steps.at(-1)?.id === id, "the id of its last step must be the scenario's");
const questionSchema = z.looseObject({ id, title: text, spec: text.nullable(), send: z.array(z.unknown()) });
const observationSchema = z.looseObject({ id, title: text, definition: text, observe: callable });
const findingSchema = z.looseObject({
  id,
  severity: z.enum(SEVERITIES as [Rule['severity'], ...Rule['severity'][]]),
  look: callable,
  words: z.looseObject({ title: text, seen: callable, consequence: text, remedy: text }),
});
const claimSchema = z.looseObject({
  id,
  statement: text,
  cells: z.array(z.strictObject({ server: text, client: text, scenario: text })).min(1, 'expected at least one cell'),
  judge: callable,
});
const profileSchema = z.looseObject({ id, title: text, version: text });
const reporterSchema = z.looseObject({ id, files: callable });
const toleranceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact') }),
  z.strictObject({ kind: z.literal('relative'), ratio: atLeast0, absolute: atLeast0 }),
]);

/** The schema, given the ids that the configuration defines itself. */
function schemaFor(own: Record<Kind, ReadonlySet<string>>) {
  const failing = known('findings', own.findings, [...SEVERITIES, ...RACE_THRESHOLDS]);
  const severityOrId = [...SEVERITIES, ...BUILT_IN.findings, ...own.findings, ...BUILT_IN.observations, ...own.observations];
  return z.strictObject({
    command: text.optional(),
    port: port.optional(),
    url: z.url({ protocol: /^http$/, error: 'expected a URL of this machine, as in http://127.0.0.1:3000/' }).optional(),
    socket: text.optional(),
    path: target.optional(),
    large: target.optional(),
    methodOk: target.optional(),
    header: z.array(z.string().regex(/^[^\s:]+:/, "expected a field line, as in 'Authorization: Bearer x'")).optional(),
    redact: z.boolean().optional(),
    samples: z.int().min(1, SAMPLES).max(20, SAMPLES).optional(),
    beside: z.array(known('servers', new Set())).optional(),
    servers: z.array(z.union([known('servers', own.servers), serverSchema])).optional(),
    clients: z.array(known('clients', own.clients)).optional(),
    upstreams: z.array(known('upstreams', own.upstreams)).min(1, 'expected at least one').optional(),
    proxies: z.array(proxySchema).optional(),
    only: z.array(text).optional(),
    skip: z.array(text).optional(),
    profiles: z.array(profileSchema).optional(),
    scenarios: z.array(z.union([known('scenarios', own.scenarios), scenarioSchema])).optional(),
    questions: z.array(questionSchema).optional(),
    observations: z.array(observationSchema).optional(),
    findings: z.array(findingSchema).optional(),
    claims: z.array(claimSchema).optional(),
    reporters: z.array(z.union([known('reporters', own.reporters), reporterSchema])).optional(),
    tolerances: z.record(known('observations', own.observations), toleranceSchema).optional(),
    failOn: z.union([failing, z.array(failing).min(1, 'expected at least one')]).optional(),
    max: z
      .record(
        z.string().refine((one) => severityOrId.includes(one), 'expected a severity, or the id of a finding or an observation'),
        atLeast0,
      )
      .optional(),
    ignore: z.array(z.strictObject({ id: known('findings', own.findings), server: text.optional(), reason: text })).optional(),
    baseline: text.optional(),
    quick: z.boolean().optional(),
    window: seconds.optional(),
    readyTimeout: seconds.optional(),
    answerTimeout: seconds.optional(),
  });
}

type Checked = z.infer<ReturnType<typeof schemaFor>>;
type Defined = 'servers' | 'profiles' | 'scenarios' | 'questions' | 'observations' | 'findings' | 'claims' | 'reporters';

/** A server of one's own, as `servers` lists it. */
export type ServerEntry = z.infer<typeof serverSchema>;

/** A proxy or a client library of one's own, as `proxies` lists it: a command, which finds HOST, PORT, UPSTREAM and WORK in its environment. */
export type ProxyEntry = z.infer<typeof proxySchema>;

/** The configuration of a project. Options of the command line go before it. */
export interface Config extends Omit<Checked, Defined> {
  /** Of the matrix: ids and groups, and servers of one's own (`defineServer`). */
  servers?: (string | ServerEntry)[];
  profiles?: ClientProfile[];
  /** Ids, and scenarios of one's own (`defineScenario`), which are always tried. */
  scenarios?: (string | Scenario)[];
  questions?: Question[];
  observations?: Observation[];
  findings?: Rule[];
  claims?: OwnClaim[];
  /** Ids, paths, and reporters of one's own (`defineReporter`). */
  reporters?: (string | Reporter)[];
}

/** Returns the configuration; gives it type checks and inference. */
export const defineConfig = (config: Config): Config => config;

/**
 * Checks a configuration.
 * @param file for messages
 * @throws CodedError (bad-argument) that lists every mistake with its place and what was expected
 */
export function checkConfig(value: unknown, file: string): Config {
  const twice: string[] = [];
  const idsIn = (name: string): Set<string> => {
    const list = (value as Record<string, unknown> | null)?.[name];
    const ids = new Set<string>();
    for (const [at, entry] of Array.isArray(list) ? list.entries() : []) {
      if (typeof entry?.id !== 'string') continue;
      if (ids.has(entry.id)) twice.push(`${name}[${at}].id: there is another "${entry.id}" before it; give each an id of its own`);
      ids.add(entry.id);
    }
    return ids;
  };
  const own = {
    findings: idsIn('findings'),
    observations: idsIn('observations'),
    claims: idsIn('claims'),
    servers: idsIn('servers'),
    upstreams: idsIn('proxies'),
    clients: idsIn('profiles'),
    scenarios: idsIn('scenarios'),
    reporters: idsIn('reporters'),
  };
  const parsed = schemaFor(own).safeParse(value);
  const mistakes = [...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => mistakesOf(issue, []))), ...twice];
  for (const [kind, ids] of Object.entries(own))
    for (const one of ids)
      if ((BUILT_IN[kind as Kind] as readonly string[]).includes(one))
        mistakes.push(`${SETTING_OF[kind as Kind] ?? kind}: the id "${one}" is taken: wirematrix has one of its own; give it another`);
  if (mistakes.length > 0)
    throw badArgument(
      [
        `${file} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:`,
        ...mistakes.map((line) => `  - ${line}`),
      ].join('\n'),
    );
  // What was checked, and not zod's copy: definitions keep their functions and prototypes.
  return value as Config;
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, before: readonly PropertyKey[]): string[] {
  const place = [...before, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${placeText([...place, key])}: there is no such setting`);
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => mistakesOf(inner, place));
  if (issue.code === 'invalid_union') {
    // The alternative that fits best says what is wrong: of an object the one for objects.
    const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    return best.length > 0 ? best.flatMap((inner) => mistakesOf(inner, place)) : [`${placeText(place)}: ${issue.message}`];
  }
  return [`${placeText(place)}: ${messageOf(issue)}`];
}

/** How well an alternative of a union fits: one that has the wrong type as a whole fits least. */
const depth = (issues: readonly Issue[]): number => (issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0) ? 0 : 1);

function messageOf({ message }: Issue): string {
  return message
    .replace(/^(?:Invalid input|Invalid option|Too big|Too small): /, '')
    .replace(/expected one of /, 'expected ')
    .replaceAll('"|"', '" or "')
    .replace(/, received undefined$/, ', and it is missing');
}

/** `servers[1].port` */
const placeText = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'the whole'
    : path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');
