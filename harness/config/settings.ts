/** A configuration as the commands and the API use it: what was asked for at the call goes before it. */
import type { Ignored } from '../compare/gate.ts';
import type { Extras } from '../lab/extras.ts';
import { type RaceThreshold, splitThresholds } from '../race/judge/gate.ts';
import type { ReporterList } from '../report/write-reports.ts';
import type { OwnRules } from '../results/assemble.ts';
import type { Config, ProxyEntry } from './config.ts';

/** What a call may ask for itself. */
export interface Asked {
  command?: string | undefined;
  port?: number | undefined;
  socket?: string | undefined;
  path?: string | undefined;
  large?: string | undefined;
  methodOk?: string | undefined;
  header?: readonly string[] | undefined;
  redact?: boolean | undefined;
  samples?: number | undefined;
  beside?: string | undefined;
  servers?: string | undefined;
  upstreams?: string | undefined;
  clients?: string | undefined;
  scenarios?: string | undefined;
  only?: string | undefined;
  skip?: string | undefined;
  quick?: boolean | undefined;
  window?: number | undefined;
  readyTimeout?: number | undefined;
  answerTimeout?: number | undefined;
  reporter?: ReporterList | undefined;
  failOn?: string | undefined;
  max?: readonly string[] | undefined;
  baseline?: string | undefined;
}

/** All that a run needs to know of both. */
export interface Settings<Given extends Asked> {
  /** The server that runs already; `undefined` where none was named, or one is started. */
  url: string | undefined;
  options: Given & Asked & { ignore: readonly Ignored[] };
  extras: Extras & { proxies: readonly ProxyEntry[] };
  own: OwnRules;
  /** What fails a race by the configuration, where the call says nothing of it. What fails a run by its findings is among the options. */
  raceFailOn: readonly RaceThreshold[];
}

/** Joins what was asked for with the configuration. */
export function settingsOf<Given extends Asked>(url: string | undefined, given: Given, config: Config): Settings<Given> {
  const {
    servers = [],
    scenarios = [],
    tolerances,
    observations = [],
    findings = [],
    claims = [],
    questions = [],
    profiles = [],
    ignore = [],
  } = config;
  // A server that is named at the call is another one than the configuration's.
  const named = url !== undefined || given.command !== undefined || given.socket !== undefined;
  const target = named ? {} : { command: config.command, port: config.port, socket: config.socket };
  const { path, large, methodOk, header, redact } = config;
  const ofServer = { path, large, methodOk, header, redact };
  const failOn = splitThresholds(typeof config.failOn === 'string' ? [config.failOn] : (config.failOn ?? []));
  const fromConfig: Asked = {
    ...target,
    ...(named ? {} : ofServer),
    servers: listOf(servers),
    upstreams: listOf(config.upstreams ?? []),
    clients: listOf(config.clients ?? []),
    scenarios: listOf(scenarios),
    only: listOf(config.only ?? []),
    skip: listOf(config.skip ?? []),
    samples: config.samples,
    beside: listOf(config.beside ?? []),
    quick: config.quick,
    window: config.window,
    readyTimeout: config.readyTimeout,
    answerTimeout: config.answerTimeout,
    reporter: config.reporters,
    failOn: listOf(failOn.others),
    max: config.max && Object.entries(config.max).map(([id, most]) => `${id}=${most}`),
    baseline: config.baseline,
  };
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    url: url ?? (named || config.command !== undefined ? undefined : config.url),
    options: { ...fromConfig, ...asked, ignore } as unknown as Settings<Given>['options'],
    extras: {
      servers: servers.filter((entry) => typeof entry !== 'string'),
      scenarios: scenarios.filter((entry) => typeof entry !== 'string'),
      questions,
      profiles,
      proxies: config.proxies ?? [],
    },
    raceFailOn: given.failOn === undefined ? failOn.race : [],
    own: { observations, findings, claims, ...(tolerances ? { tolerances } : {}) },
  };
}

/** The ids of a list as a comma list; `undefined` where it names none. */
function listOf(entries: readonly unknown[]): string | undefined {
  const ids = entries.filter((entry) => typeof entry === 'string');
  return ids.length === 0 ? undefined : ids.join(',');
}
