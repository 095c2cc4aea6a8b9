/** What `wirematrix.config.ts` may hold, and what is wrong with one. */
import { z } from 'zod';
import { clients } from '../../clients/index.ts';
import type { Question } from '../../clients/probe/question.ts';
import { questions } from '../../clients/probe/questions/index.ts';
import type { ClientProfile } from '../../clients/profile.ts';
import { chromium } from '../../clients/profiles/chromium.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { serverById } from '../../servers/chain.ts';
import { groups } from '../../servers/groups.mjs';
import { servers } from '../../servers/index.ts';
import { claims } from '../claims/index.ts';
import type { OwnClaim } from '../claims/own-claim.ts';
import { type Rule, SEVERITIES } from '../findings/finding.ts';
import { RULES } from '../findings/rules/index.ts';
import { isFamily } from '../lab/probe-target.ts';
import { pickServers } from '../lab/selection.ts';
import { CHAIN_SIGN, LANGUAGES, type Observation, OWN_SERVER } from '../model.ts';
import { observations } from '../observe/index.ts';
import { parseBehind } from '../race/behind.ts';
import { upstreamSides } from '../race/definitions.ts';
import { RACE_THRESHOLDS } from '../race/judge/gate.ts';
import { plantedServers } from '../race/planted.ts';
import { reporters } from '../report/index.ts';
import type { Reporter } from '../report/reporter.ts';
import { badArgument } from '../system/coded-error.ts';
import { namesThere, nearName } from '../system/near-name.ts';

const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id);
const BUILT_IN = {
  findings: idsOf(RULES),
  observations: idsOf(observations),
  claims: idsOf(claims),
  servers: ['all', 'real', 'models', 'variants', 'planted', ...Object.keys(groups), ...idsOf(servers), ...idsOf(plantedServers)],
  upstreams: ['all', 'proxies', 'libraries', ...idsOf(upstreamSides)],
  clients: ['all', 'emulated', 'real', ...idsOf(clients)],
  scenarios: ['all', ...idsOf(scenarios)],
  reporters: idsOf(reporters),
  questions: idsOf(questions),
} as const;
type Kind = keyof typeof BUILT_IN;
/** Where a configuration defines its own of a kind, where the setting has another name. */
const SETTING_OF: Partial<Record<Kind, string>> = { clients: 'profiles', upstreams: 'proxies' };

const GROUP = /^[^.-]+/;

/** Versions of a server, as in node-http@18..26, or a proxy with a server behind it, as in nginx-proxy>express. */
function isServers(name: string): boolean {
  if (name.includes(CHAIN_SIGN)) return serverById(name) !== null;
  try {
    return name.includes('..') && pickServers(name).length > 0;
  } catch {
    return false;
  }
}

/** An id that is there: of this project, or of the configuration itself. */
const known = (kind: Kind, own: ReadonlySet<string>, more: readonly string[] = [], fits: (id: string) => boolean = () => true) =>
  z.string().superRefine((id, context) => {
    const all = [...more, ...BUILT_IN[kind], ...own].filter(fits);
    if (all.includes(id) || (kind === 'reporters' && /[./\\]/.test(id)) || (kind === 'servers' && isServers(id))) return;
    const group = GROUP.exec(id)?.[0] ?? '';
    const near = all.filter((one) => group !== '' && one.startsWith(group));
    const shown = near.length > 0 ? near : all;
    const meant = nearName(id, all);
    const there = `there are: ${shown.slice(0, 20).join(', ')}${shown.length > 20 ? ', …' : ''}`;
    context.addIssue({ code: 'custom', message: `there is no "${id}"; ${meant === undefined ? there : `did you mean ${meant}?`}` });
  });

const GROUPS: ReadonlySet<string> = new Set(['all', 'real', 'models', 'variants', 'planted', 'emulated', ...Object.keys(groups)]);
/** The same, where a group of several can't be meant. */
const one = (kind: Kind, own: ReadonlySet<string>, more: readonly string[] = []) => known(kind, own, more, (id) => !GROUPS.has(id));

const EMPTY = 'expected some text, and it is empty';
const text = z.string().min(1, EMPTY);
const SECONDS = 'expected seconds above 0, up to 3600';
const seconds = z.number().positive(SECONDS).max(3_600, SECONDS);
const atLeast0 = z.number().min(0, 'expected a number of at least 0');
const above0 = z.number().positive('expected a number above 0');
const target = z.string().regex(/^\/[\x21-\x7e]*$/, 'expected a target that begins with a slash, as in /index.html');
const id = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected an id of small letters, digits, dots and hyphens');
const callable = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'expected a function');
const SAMPLES = 'expected a whole number from 1 to 20';
const TIMES = 'expected a whole number of at least 1';
const times = z.int().min(1, TIMES);
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
const until = z.union([z.enum(['settled', 'load']), z.strictObject({ ms: atLeast0 })]);
/** The actions that need more than a name; those of browsers alone. */
const visit = z.string().regex(/^\//, 'expected a path that begins with a slash');
const alone = <const Name extends string>(name: Name) => z.strictObject({ do: z.literal(name) });
const actionSchema = (own: Owned) =>
  z.discriminatedUnion(
    'do',
    [
      z.strictObject({ do: z.literal('navigate'), path: visit, until: until.optional() }),
      z.strictObject({ do: z.literal('follow-link'), path: visit }),
      ...BARE_ACTIONS.map(alone),
      z.strictObject({ do: z.literal('seek'), to: z.number().min(0, 'expected 0 to 1').max(1, 'expected 0 to 1') }),
      z.strictObject({ do: z.literal('watch'), whole: z.literal(true).optional() }),
      z.strictObject({ do: z.literal('ask'), question: known('questions', own.questions) }),
    ],
    { error: `expected an action: ${['navigate', 'follow-link', ...BARE_ACTIONS, 'seek', 'watch', 'ask'].join(', ')}` },
  );
const BARE_ACTIONS = ['reload', 'hard-reload', 'disable-cache', 'play', 'leave', 'stop-server', 'quit'] as const;
const scenarioSchema = (own: Owned) =>
  z
    .strictObject({
      id,
      title: text,
      for: z.enum(['browser', 'probe']),
      steps: z.array(z.strictObject({ id, actions: z.array(actionSchema(own)) })).min(1, 'expected at least one step'),
      ownOnly: z.boolean().optional(),
      busyS: atLeast0.optional(),
      link: z
        .strictObject({ rateKbit: above0.optional(), delayMs: above0.optional(), mtu: above0.optional(), bufferBytes: above0.optional() })
        .optional(),
    })
    .refine(({ id, steps }) => steps.at(-1)?.id === id, "the id of its last step must be the scenario's");
const requests = z.array(z.strictObject({ method: text.nullable(), text: z.string() }));
const awaited = z.enum(['responses', 'interim', 'first-byte', 'nothing']);
const turnSchema = z.strictObject({
  send: requests,
  await: awaited.optional(),
  responses: z.int().optional(),
  pauseMs: atLeast0.optional(),
  timeoutMs: atLeast0.optional(),
  unlessAnswered: z.boolean().optional(),
  ifAnswered: z.boolean().optional(),
});
const questionSchema = (own: Owned) => {
  const earlier = known('questions', own.questions);
  return z.strictObject({
    id,
    title: text,
    spec: text.nullable(),
    send: requests,
    await: awaited.optional(),
    turns: z.array(turnSchema).optional(),
    times: times.optional(),
    lingerMs: atLeast0.optional(),
    on: earlier.optional(),
    connections: times.optional(),
    onlyAfter: z.strictObject({ question: earlier, plain: earlier }).optional(),
    release: z.array(earlier).optional(),
    afterMs: atLeast0.optional(),
    timeoutMs: atLeast0.optional(),
    mayBeRefused: z.boolean().optional(),
    hold: z.boolean().optional(),
    learn: z.boolean().optional(),
    perSample: z.boolean().optional(),
    onlyUnanswered: z.boolean().optional(),
    readRate: above0.optional(),
    readPauseMs: atLeast0.optional(),
  });
};
const toleranceSchema = z.discriminatedUnion(
  'kind',
  [z.strictObject({ kind: z.literal('exact') }), z.strictObject({ kind: z.literal('relative'), ratio: atLeast0, absolute: atLeast0 })],
  { error: 'expected "exact" or "relative"' },
);
const observationSchema = z.looseObject({
  id,
  title: text,
  definition: text,
  observe: callable,
  unit: z.enum(['s', 'ms', 'bytes', 'count']).nullish(),
  spec: text.nullish(),
  tolerance: toleranceSchema.optional(),
});
const findingSchema = z.looseObject({
  id,
  severity: z.enum(SEVERITIES as [Rule['severity'], ...Rule['severity'][]]),
  level: z.enum(['MUST', 'SHOULD', 'MAY']).nullish(),
  spec: text.nullish(),
  look: callable,
  words: z.looseObject(
    { title: text, seen: callable, consequence: text, remedy: text },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'expected its words: defineFinding() puts title, seen, consequence and remedy there' : undefined,
    },
  ),
});
const claimSchema = (own: Owned) =>
  z.strictObject({
    id,
    statement: text,
    cells: z
      .array(
        z.strictObject({
          server: one('servers', own.servers, [OWN_SERVER]),
          client: one('clients', own.clients),
          scenario: one('scenarios', own.scenarios),
        }),
      )
      .min(1, 'expected at least one cell'),
    judge: callable,
  });
const policy = z.custom<unknown>(
  (value) => typeof value === 'object' && value !== null && 'value' in value && typeof (value as { source?: unknown }).source === 'string',
  "expected a policy: policy(value, 'how we know it')",
);
/** A section of a profile has the policies that Chromium's has: the emulated browser asks for each. */
const policies = (section: object) => z.strictObject(Object.fromEntries(Object.keys(section).map((name) => [name, policy])));
const profileSchema = z.looseObject({
  id,
  title: text,
  version: text,
  ...Object.fromEntries(
    (['connections', 'requests', 'cache', 'media', 'closing'] as const).map((name) => [name, policies(chromium[name])]),
  ),
});
const reporterSchema = z.looseObject({ id, files: callable });
const ignoredSchema = (own: Owned) =>
  z.strictObject(
    { id: known('findings', own.findings), server: one('servers', own.servers, [OWN_SERVER]).optional(), reason: text },
    { error: ({ code }) => (code === 'invalid_type' ? 'expected { id, reason }: why it is accepted, too' : undefined) },
  );

/** A family of questions: a scenario, or what several of their ids begin with. */
const family = z.string().refine(isFamily, {
  error: ({ input }) => `there is no family ${JSON.stringify(input)} of questions; npx wirematrix list scenarios names them`,
});

const front = text.superRefine((one, context) => {
  try {
    parseBehind(one, BUILT_IN.upstreams);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message.replace('--behind: ', '') });
  }
});

type Owned = Record<Kind, ReadonlySet<string>>;

/** The schema, given the ids that the configuration defines itself. */
function schemaFor(own: Owned) {
  const failing = known('findings', own.findings, [...SEVERITIES, ...RACE_THRESHOLDS]);
  const severityOrId = [...SEVERITIES, ...BUILT_IN.findings, ...own.findings, ...BUILT_IN.observations, ...own.observations];
  const families = z.array(family).min(1, 'expected at least one').optional();
  return z.strictObject({
    command: text.optional(),
    port: port.optional(),
    url: z.url({ protocol: /^http$/, error: 'expected a URL of this machine, as in http://127.0.0.1:3000/' }).optional(),
    socket: text.optional(),
    path: target.optional(),
    large: target.optional(),
    methodOk: target.optional(),
    header: z.array(z.string().regex(/^[^\s:]+:[^\r\n\0]*$/, "expected a field line, as in 'Authorization: Bearer x'")).optional(),
    redact: z.boolean().optional(),
    samples: z.int().min(1, SAMPLES).max(20, SAMPLES).optional(),
    beside: z.array(known('servers', new Set())).optional(),
    servers: z.array(z.union([known('servers', own.servers), serverSchema])).optional(),
    clients: z.array(known('clients', own.clients)).optional(),
    upstreams: z.array(known('upstreams', own.upstreams)).min(1, 'expected at least one').optional(),
    proxies: z.array(proxySchema).optional(),
    behind: z.array(front).min(1, 'expected at least one').optional(),
    only: families,
    skip: families,
    profiles: z.array(profileSchema).optional(),
    scenarios: z.array(z.union([known('scenarios', own.scenarios), scenarioSchema(own)])).optional(),
    questions: z.array(questionSchema(own)).optional(),
    observations: z.array(observationSchema).optional(),
    findings: z.array(findingSchema).optional(),
    claims: z.array(claimSchema(own)).optional(),
    reporters: z.array(z.union([known('reporters', own.reporters), reporterSchema])).optional(),
    tolerances: z.record(known('observations', own.observations), toleranceSchema).optional(),
    failOn: z.union([failing, z.array(failing).min(1, 'expected at least one')]).optional(),
    max: z
      .record(
        z.string().refine((one) => severityOrId.includes(one), 'expected a severity, or the id of a finding or an observation'),
        atLeast0,
      )
      .optional(),
    ignore: z.array(ignoredSchema(own)).optional(),
    baseline: text.optional(),
    quick: z.boolean().optional(),
    window: seconds.optional(),
    readyTimeout: seconds.optional(),
    answerTimeout: seconds.optional(),
    repeat: times.optional(),
    models: z.boolean().optional(),
    atOnce: times.optional(),
    rate: above0.optional(),
    delay: above0.optional(),
    language: z.enum(LANGUAGES).optional(),
  });
}

type Checked = z.infer<ReturnType<typeof schemaFor>>;
type Defined = 'servers' | 'profiles' | 'scenarios' | 'questions' | 'observations' | 'findings' | 'claims' | 'reporters';

/** A server of one's own, as `servers` lists it. */
export type ServerEntry = z.infer<typeof serverSchema>;

/** A proxy or a client library of one's own, as `proxies` lists it: a command, which finds HOST, PORT, UPSTREAM and WORK in its environment. */
export type ProxyEntry = z.infer<typeof proxySchema>;

const NOTHING = Object.fromEntries(Object.keys(BUILT_IN).map((kind) => [kind, new Set()])) as unknown as Owned;
/** Names within the entries of a list. */
const SHAPES: Readonly<Record<string, object>> = {
  servers: serverSchema.shape,
  proxies: proxySchema.shape,
  ignore: ignoredSchema(NOTHING).shape,
  scenarios: scenarioSchema(NOTHING).shape,
  questions: questionSchema(NOTHING).shape,
  claims: claimSchema(NOTHING).shape,
};

/** The names of all settings. */
export const settingNames = (): string[] => Object.keys(schemaFor(NOTHING).shape);

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
    questions: idsIn('questions'),
  };
  if (value instanceof Promise) throw badArgument(`${file} is a promise: expected the configuration itself; write export default await …`);
  const parsed = schemaFor(own).safeParse(value);
  const mistakes = [...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => mistakesOf(issue, []))), ...twice];
  for (const [kind, ids] of Object.entries(own))
    for (const one of ids)
      if ((BUILT_IN[kind as Kind] as readonly string[]).includes(one))
        mistakes.push(`${SETTING_OF[kind as Kind] ?? kind}: the id "${one}" is taken: wirematrix has one of its own; give it another`);
  const { command, url } = (value ?? {}) as { command?: unknown; url?: unknown };
  if (command && url !== undefined)
    mistakes.push('url: there is a command too; expected one of them, a server that runs already or one that is started');
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
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${placeText([...place, key])}: there is no such setting${near(key, place)}`);
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => mistakesOf(inner, place));
  if (issue.code === 'invalid_union') {
    // The alternative that fits best says what is wrong: of an object the one for objects.
    const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    const types = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? first.expected : []));
    if (best.length > 0 && depth(best) === 0 && types.length === issue.errors.length)
      return [
        `${placeText(place)}: ${messageOf({ ...issue, message: best[0]!.message.replace(/expected \w+/, `expected ${types.join(' or ')}`) })}`,
      ];
    return best.length > 0 ? best.flatMap((inner) => mistakesOf(inner, place)) : [`${placeText(place)}: ${issue.message}`];
  }
  return [`${placeText(place)}: ${messageOf(issue)}`];
}

/** The settings where this one was written: the one that is meant, or all of them. */
function near(key: string, place: readonly PropertyKey[]): string {
  const [list] = place;
  const there = Object.keys(list === undefined ? schemaFor(NOTHING).shape : (SHAPES[String(list)] ?? {}));
  if (there.length === 0 || (list !== undefined && place.length !== 2)) return '';
  return `; ${namesThere(key, there)}`;
}

/** How well an alternative of a union fits: one that has the wrong type as a whole fits least. */
const depth = (issues: readonly Issue[]): number => (issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0) ? 0 : 1);

function messageOf({ message }: Issue): string {
  return message
    .replace(/^(?:Invalid input|Invalid option|Too big|Too small): /, '')
    .replace(/expected one of /, 'expected ')
    .replace('expected array', 'expected a list')
    .replace(/expected int(?:, received number)?/, 'expected a whole number')
    .replace(/expected (?:object|record)/, 'expected an object')
    .replaceAll('"|"', '" or "')
    .replace(/, received undefined$/, ', and it is missing');
}

/** `servers[1].port` */
const placeText = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'the whole'
    : path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');
