/** What of a run is worth telling first, in a few sentences, each with the frames that show it. */
import { documentedTimers } from '../compare/documented.ts';
import { isObserved } from '../compare/matrix.ts';
import { type CellResult, cellId, cellOfId, type ObservedCell, type RunResult } from '../compare/run-result.ts';
import { worthALook } from '../findings/worth-a-look.ts';
import type { ObservedValue } from '../model.ts';
import { isAtNamedTime, isAtOnce } from '../observe/timers.ts';
import { findings, labelOf, type VersionFinding, variantFindings, versionFindings } from './findings.ts';
import { isMarkedVariant } from './main-table.ts';
import type { TableWords } from './phrases/tables.ts';
import { documentedText, valueText } from './value-text.ts';
import { truncate } from './width.ts';

/** One sentence, and where it is seen first. */
export interface Highlight {
  text: string;
  /** Empty where it concerns no single cell. */
  cell: string;
  frames: number[];
}

/** How many are told. */
const MOST = 5;
/** Of one kind, so that a run in which much changed tells of more than that. */
const OF_A_KIND = 3;
const FAULTS = 2;
/** Frames that are named. */
const NAMED = 4;

/** How long these take depends on the machine more than on the server. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['load.ms', 'handshake.ms']);
/** What is told of few servers where no value is more frequent than any other. */
const SET_APART = ['close.first', 'cache.etag', 'keepalive.advertised-s', 'cache.control', 'framing.body', 'framing.head-and-body'];
const FEW = 4;

/** A value of one server, and the cell that shows it. */
interface Seen {
  server: string;
  cell: ObservedCell;
  value: ObservedValue;
}

/**
 * The highlights, what changed first, then faults, then what sets servers apart.
 * @param client the browser of the table; `null` where there is none
 */
export function highlights(run: RunResult, words: TableWords, client: string | null, most = MOST): Highlight[] {
  const compared = versionFindings(run, words);
  const all = [
    ...changedSince(run, words).slice(0, OF_A_KIND),
    ...versions(run, compared, words).slice(0, OF_A_KIND),
    ...faults(run, words),
    ...documented(run, words),
    ...told(run, words, client),
    ...variants(run, words),
    ...majority(run, words),
    // What stayed the same is told where there is nothing else to tell.
    ...versionsAlike(compared, words),
  ];
  return all.slice(0, most);
}

const unitOf = (run: RunResult, id: string) => run.observations.find((one) => one.id === id)?.unit ?? null;
const titleOf = (run: RunResult, id: string) => run.observations.find((one) => one.id === id)?.title ?? id;

/** Whether its value is decided by what happens first, so that it changes by itself. */
const isRace = (run: RunResult, id: string): boolean => run.observations.find((one) => one.id === id)?.race !== undefined;

function changedSince(run: RunResult, words: TableWords): Highlight[] {
  const changes = (run.baseline?.differences ?? []).filter(
    ({ observation }) => !OF_THE_MACHINE.has(observation) && !isRace(run, observation),
  );
  return changes.map(({ observation, left, right }) => {
    const text = (side: typeof left) => (side.value ? valueText(side.value, unitOf(run, observation), words) : words.lacks);
    return {
      text: words.highlights.baseline(labelOf(run, cellOfId(right.cell).server, words), titleOf(run, observation), text(left), text(right)),
      cell: right.cell,
      frames: right.value?.frames ?? [],
    };
  });
}

const versions = (run: RunResult, compared: readonly VersionFinding[], words: TableWords): Highlight[] =>
  compared.flatMap(({ earlier, later, changes }) =>
    changes.slice(0, 1).map(({ observation, from, to, after }) => ({
      text: words.highlights.version(earlier, later, titleOf(run, observation), from, to),
      cell: after.cell,
      frames: after.value?.frames ?? [],
    })),
  );

const versionsAlike = (compared: readonly VersionFinding[], words: TableWords): Highlight[] =>
  compared
    .filter(({ changes }) => changes.length === 0)
    .map(({ earlier, later }) => ({ text: words.highlights.versionsAlike(earlier, later), cell: '', frames: [] }));

function faults(run: RunResult, words: TableWords): Highlight[] {
  const bad = run.findings.filter(({ severity }) => severity === 'fault');
  return worthALook(bad, FAULTS).shown.map(({ finding: { title, seen }, servers, cell, frames }) => ({
    text: words.highlights.finding(servers, title, seen),
    cell: cell ?? '',
    frames,
  }));
}

function documented(run: RunResult, words: TableWords): Highlight[] {
  return documentedTimers(run)
    .filter(({ verdict }) => verdict === 'differs')
    .slice(0, 1)
    .map(({ server, timer, documented: said, cell, measured }) => {
      const unit = timer === 'requests' ? null : 's';
      const text = words.highlights.documented(
        server,
        words.timers[timer],
        documentedText(said, unit, words),
        valueText(measured, unit, words),
      );
      return { text, cell, frames: measured.frames };
    });
}

/** What a page load, an idle connection and a revisit show of the servers themselves; variants are told of elsewhere. */
function told(run: RunResult, words: TableWords, client: string | null): Highlight[] {
  const say = words.highlights;
  const bases = run.servers.filter((server) => !isMarkedVariant(server)).map(({ id }) => id);
  const at = (server: string, observation: string, who: string | null, scenario: string): Seen | null => {
    const cell = run.cells.find((one: CellResult) => one.server === server && one.client === who && one.scenario === scenario);
    const value = cell && isObserved(cell) ? cell.values[observation] : undefined;
    return cell && isObserved(cell) && value ? { server, cell, value } : null;
  };
  const seen = (observation: string, who: string | null, scenario: string, servers: readonly string[] = bases): Seen[] =>
    servers.flatMap((server) => at(server, observation, who, scenario) ?? []);
  const names = (all: readonly Seen[]) => all.map(({ server }) => labelOf(run, server, words));
  const shown = (text: string, [first]: readonly Seen[]): Highlight[] =>
    first ? [{ text, cell: cellId(first.cell), frames: first.value.frames }] : [];
  const seconds = ({ value }: Seen) => valueText(value, 's', words);
  const windowOf = (all: readonly Seen[]) =>
    valueText({ value: Math.floor(Math.min(...all.map(({ value }) => value.windowS ?? 0))), frames: [] }, 's', words);

  const lines: Highlight[] = [];
  const idle = seen('idle.used-s', 'probe', 'idle-used');
  const timed = idle.filter(({ value: { value } }) => typeof value === 'number' && !isAtOnce(value * 1000));
  const atOnce = idle.filter(({ value: { value } }) => typeof value === 'number' && isAtOnce(value * 1000));
  const open = idle.filter(({ value: { value, windowS } }) => value === null && windowS !== undefined);
  if (atOnce.length > 0 && atOnce.length < idle.length) {
    const used = (list: readonly Seen[]) =>
      new Set(list.flatMap(({ server }) => at(server, 'connections.used', client, 'first-visit')?.value.value ?? []));
    const [own, others] = [used(atOnce), used([...timed, ...open])];
    const only = (set: ReadonlySet<unknown>) => (set.size === 1 ? ([...set][0] as number) : null);
    const count = only(own);
    lines.push(...shown(say.closesAtOnce(names(atOnce), count, count === only(others) ? null : only(others)), atOnce));
  }
  if (timed.length > 0) {
    const sorted = [...timed].sort((a, b) => Number(a.value.value) - Number(b.value.value));
    const [low, high] = [sorted[0] as Seen, sorted.at(-1) as Seen];
    const same = (one: Seen) => sorted.filter((other) => seconds(other) === seconds(one));
    const text = say.idleRange(
      names(same(low)),
      seconds(low),
      names(same(high)),
      seconds(high),
      names(open),
      open.length > 0 ? windowOf(open) : '',
    );
    lines.push(...shown(text, [high]));
  } else if (open.length > 0) {
    lines.push(...shown(say.neverCloses(names(open), windowOf(open)), open));
  }
  for (const one of seen(
    'keepalive.advertised-s',
    'probe',
    'idle-used',
    run.servers.map(({ id }) => id),
  )) {
    const real = at(one.server, 'idle.used-s', 'probe', 'idle-used');
    const said = one.value.value;
    if (typeof said !== 'number' || !real) continue;
    const label = labelOf(run, one.server, words);
    const { value, windowS } = real.value;
    if (typeof value === 'number' && !isAtOnce(value * 1000) && !isAtNamedTime(value, said))
      lines.push(...shown(say.advertised(label, String(said), seconds(real)), [real]));
    else if (value === null && windowS !== undefined && windowS > said + 2)
      lines.push(...shown(say.advertisedOpen(label, String(said), windowOf([real])), [real]));
  }
  const asked = seen('revisit.requests', client, 'revisit');
  const answered = asked.flatMap(({ server, value: { value: requests } }) => {
    const notModified = at(server, 'revisit.not-modified', client, 'revisit');
    return notModified && typeof requests === 'number' ? [{ requests, notModified, count: Number(notModified.value.value) }] : [];
  });
  const all304 = answered.filter(({ requests, count }) => requests > 0 && count === requests);
  const inFull = answered.filter(({ requests, count }) => requests > 0 && count === 0);
  const silent = asked.filter(({ value: { value } }) => value === 0);
  const alike = (list: typeof answered) => list.filter(({ requests }) => requests === list[0]?.requests);
  const [full] = inFull;
  if (all304[0]) {
    const group = alike(all304).map(({ notModified }) => notModified);
    lines.push(...shown(say.revisit(names(group), all304[0].requests, names(silent)), group));
  } else if (full) {
    const group = alike(inFull);
    const requests = asked.filter(({ server }) => group.some(({ notModified }) => notModified.server === server));
    lines.push(...shown(say.revisitInFull(names(requests), full.requests), requests));
  }
  const range = seen('range.from-zero', 'probe', 'range');
  const ignored = range.filter(({ value: { value } }) => String(value).startsWith('200'));
  if (ignored.length > 0 && ignored.length < range.length) lines.push(...shown(say.rangeIgnored(names(ignored)), ignored));
  const version = seen('http.version', client ?? 'probe', client === null ? 'idle-used' : 'first-visit');
  const old = version.filter(({ value: { value } }) => value === '1.0');
  if (old.length > 0 && old.length < version.length) lines.push(...shown(say.http10(names(old)), old));
  for (const observation of SET_APART) {
    const each = seen(observation, client, 'first-visit');
    const values = each.map(
      ({ server, value }) => [labelOf(run, server, words), valueText(value, unitOf(run, observation), words)] as const,
    );
    if (each.length <= FEW && new Set(values.map(([, text]) => text)).size > 1)
      lines.push(...shown(say.each(titleOf(run, observation), values), each));
  }
  return lines;
}

function variants(run: RunResult, words: TableWords): Highlight[] {
  return variantFindings(run, words).flatMap(({ variant, base, changes: [change] }) =>
    change
      ? [
          {
            text: words.highlights.variant(variant, base, titleOf(run, change.observation), change.from, change.to),
            cell: change.first.cell,
            frames: change.first.value?.frames ?? [],
          },
        ]
      : [],
  );
}

/** Who differs from most others: the rarest first. */
function majority(run: RunResult, words: TableWords): Highlight[] {
  return findings(run, words)
    .filter(({ voting, agreeing }) => voting > 2 && agreeing > voting / 2)
    .sort((a, b) => b.agreeing / b.voting - a.agreeing / a.voting)
    .flatMap(({ title, usual, agreeing, voting, deviations: [first] }) =>
      first?.first.value
        ? [
            {
              text: words.highlights.differs(title, first.server, first.text, usual, agreeing, voting),
              cell: first.first.cell,
              frames: first.first.value.frames,
            },
          ]
        : [],
    );
}

/** The sentence with its frames: `… (flask/probe/idle-used, frames 8, 10).` `most`: characters of the sentence itself. */
export function highlightText({ text, cell, frames }: Highlight, words: TableWords, most: number): string {
  const short = truncate(text, most);
  return cell === '' ? short : words.highlights.placed(short, cell, words.frames(frames.slice(0, NAMED), frames.length > NAMED));
}
