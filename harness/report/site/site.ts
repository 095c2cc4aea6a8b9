/** A static site of a run: a page for each server, each observation and each claim, readable without scripts, in every language. */
import { CLAIM_WORDS, type ClaimId } from '../../claims/wording/index.ts';
import { documentedTimers } from '../../compare/documented.ts';
import { cellOfId, type FindingRow, type ObservationRow, type RunResult, type ServerRow } from '../../compare/run-result.ts';
import { FINDING_LANGUAGES } from '../../findings/wording/index.ts';
import { LANGUAGES, type Language } from '../../model.ts';
import type { RaceResult } from '../../race/judge/pair.ts';
import { countsOf, labelOf } from '../findings.ts';
import { mainTables, variantsAfterTheirBase } from '../main-table.ts';
import { definitionIn, inLanguage } from '../phrases/in-language.ts';
import { isPhraseKey, phrase, say } from '../phrases/phrases.ts';
import { TABLE_WORDS, type TableWords } from '../phrases/tables.ts';
import { RACE_WORDS } from '../race/race-catalogue.ts';
import { cellText } from '../race/race-cell.ts';
import type { ReportFile } from '../reporter.ts';
import { documentedText, NO_BREAK, valueText } from '../value-text.ts';
import { factsOf, type SiteFacts, type ValueGroup } from './facts.ts';
import { namesOf, type SiteNames } from './links.ts';
import { a, el, type Markup, tableOf } from './markup.ts';
import { folderOf, framed, linkFrom, notFoundPage, type Page, type SiteFrame, STYLE_FILE, sitemap } from './page.ts';
import { STYLE } from './style.ts';
import { SITE_WORDS } from './words.ts';

/** What the site is made of. */
export interface SiteInput {
  run: RunResult;
  /** The result of `race`, where there is one. */
  race: RaceResult | null;
  /** Address of the site's root, for the map that search engines read; `null`: no map is written. */
  url: string | null;
  /** Of this program. */
  version: string;
}

/** No page is longer: it must come quickly over a slow line. Bytes. */
export const LONGEST_PAGE = 300_000;

/** Places that are named with one value, values of one server, servers of one value, frames of one place. */
const PLACES = 6;
const VALUES = 12;
const FRAMES = 4;
/** Characters of one value: a list of a thousand statuses is in the report. */
const VALUE_LENGTH = 120;

/** One language's pages share this. */
interface Context {
  run: RunResult;
  race: RaceResult | null;
  language: Language;
  names: SiteNames;
  facts: SiteFacts;
}

/** Every file of the site. */
export function* siteFiles({ run, race, url, version }: SiteInput): Generator<ReportFile> {
  const root = url === null ? null : url.replace(/\/*$/, '/');
  const names = namesOf(run);
  const paths: string[] = [];
  for (const language of LANGUAGES) {
    const context: Context = { run, race, language, names, facts: factsOf(run, language) };
    const frame: SiteFrame = {
      language,
      url: root,
      version,
      date: run.run.startedAt.slice(0, 10),
      hasRace: race !== null,
      hasClaims: run.claims.length > 0,
    };
    for (const page of pagesOf(context)) {
      const path = `${folderOf(language)}${page.path}`;
      paths.push(path);
      yield { path, content: framed(page, frame).replaceAll(NO_BREAK, '&#160;') };
    }
  }
  yield { path: STYLE_FILE, content: STYLE };
  // GitHub Pages would else hide files whose name begins with an underscore.
  yield { path: '.nojekyll', content: '' };
  if (root === null) return;
  yield { path: 'sitemap.xml', content: sitemap(root, paths, run.run.startedAt.slice(0, 10)) };
  yield { path: 'robots.txt', content: `User-agent: *\nAllow: /\nSitemap: ${root}sitemap.xml\n` };
  yield { path: '404.html', content: notFoundPage(root) };
}

function* pagesOf(context: Context): Generator<Page> {
  yield homePage(context);
  yield serverList(context);
  for (const server of context.run.servers) yield serverPage(server, context);
  yield observationList(context);
  for (const observation of context.facts.observations) yield observationPage(observation, context);
  if (context.run.claims.length > 0) {
    yield claimList(context);
    for (const claim of context.run.claims) yield claimPage(claim, context);
  }
  if (context.race) yield racePage(context.race, context);
}

/** Observations that the columns of the main table stand for. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  'http-version': 'http.version',
  connections: 'connections.used',
  'closes-first': 'close.first',
  'idle-used': 'idle.used-s',
  'idle-unused': 'idle.unused-s',
  advertised: 'keepalive.advertised-s',
  etag: 'cache.etag',
  revisit: 'revisit.not-modified',
  audio: 'load.range-status',
  body: 'framing.body',
  'head-and-body': 'framing.head-and-body',
  'cache-control': 'cache.control',
};

const titleOf = ({ id, title }: { id: string; title: string }, kind: 'observation' | 'scenario' | 'server', language: Language): string =>
  say(language, phrase('title', { id: `${kind}.${id}`, text: title }));
/** A title as the head of a page; one that begins with syntax stays as it is. */
const capital = (text: string): string => (/^[a-z]{2,}(?=[\s-]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);
const groupOf = ({ id }: ObservationRow): string => id.split('.')[0] ?? id;

const summaryIn = (language: Language, { id, summary }: ServerRow): string =>
  summary === null ? '' : say(language, phrase('title', { id: `summary.${id}`, text: summary }));

function groupsOf(observations: readonly ObservationRow[], language: Language): [title: string, rows: ObservationRow[]][] {
  const groups = new Map<string, ObservationRow[]>();
  for (const row of observations) groups.set(groupOf(row), [...(groups.get(groupOf(row)) ?? []), row]);
  return [...groups].map(([id, rows]) => [groupName(id, language), rows]);
}

/** Of a group that the user added, its id. */
function groupName(id: string, language: Language): string {
  const key = `group.${id}`;
  return isPhraseKey(key) ? say(language, phrase(key)) : id;
}

function homePage({ run, language, names, facts }: Context): Page {
  const words = SITE_WORDS[language];
  const table = TABLE_WORDS[language];
  const path = 'index.html';
  const { observed, frames } = countsOf(run);
  const [main] = mainTables(run, table);
  return {
    path,
    title: words.tagline,
    description: words.homeDescription,
    body: [
      el('p', {}, words.intro),
      el(
        'p',
        { class: 'soft' },
        words.run(run.run.startedAt.slice(0, 10), run.run.host.kernel, run.run.longestWaitMs / 1000, observed, frames),
      ),
      ...(main && main.servers.length > 0
        ? [
            el('h2', {}, words.servers),
            main.client
              ? el('p', { class: 'soft' }, table.tableTitle(main.client.title, main.client.provenance, main.client.version))
              : el('p', {}),
            tableOf(
              words.servers,
              [
                table.server,
                ...main.columns.map(({ id }) => {
                  const observation = COLUMN_OF[id];
                  const known = facts.observations.some((one) => one.id === observation);
                  const text = table.columns[id];
                  return observation && known ? a(linkFrom(path, `observations/${names.observation(observation)}.html`), text) : text;
                }),
              ],
              main.servers.map((server, at) => [
                serverLink(path, server, { names, run, language }),
                ...main.columns.map(({ texts }) => texts[at]?.text ?? '–'),
              ]),
            ),
            el('p', { class: 'soft' }, table.tableSources(main.sources.join(table.list)), language === 'en' ? ' ' : '', words.howToRead),
          ]
        : []),
      el('h2', {}, words.observations),
      ...observationGroups(path, { language, names, facts }),
      el('h2', {}, words.reproduce),
      el('p', {}, el('code', {}, 'npx wirematrix probe http://127.0.0.1:8080/')),
    ],
  };
}

const serverLink = (from: string, server: ServerRow, { names, run, language }: Pick<Context, 'names' | 'run' | 'language'>): Markup =>
  a(linkFrom(from, `servers/${names.server(server.id)}.html`), labelOf(run, server.id, TABLE_WORDS[language]));

const observationGroups = (from: string, { language, names, facts }: Pick<Context, 'language' | 'names' | 'facts'>): Markup[] =>
  groupsOf(facts.observations, language).flatMap(([title, rows]) => [
    el('h3', {}, title),
    el(
      'ul',
      { class: 'list' },
      ...rows.map((row) =>
        el('li', {}, a(linkFrom(from, `observations/${names.observation(row.id)}.html`), capital(titleOf(row, 'observation', language)))),
      ),
    ),
  ]);

function serverList(context: Context): Page {
  const { run, language } = context;
  const words = SITE_WORDS[language];
  const path = 'servers/index.html';
  return {
    path,
    title: words.servers,
    description: words.homeDescription,
    body: [
      tableOf(
        words.servers,
        [words.servers, '', TABLE_WORDS[language].version],
        variantsAfterTheirBase(run.servers).map((server) => [
          serverLink(path, server, context),
          server.title,
          server.skipped ? words.skipped(inLanguage(language, server.skipped.reason)) : (server.version ?? '–'),
        ]),
      ),
    ],
  };
}

function serverPage(server: ServerRow, context: Context): Page {
  const { run, language, names, facts } = context;
  const words = SITE_WORDS[language];
  const path = `servers/${names.server(server.id)}.html`;
  const base = server.variantOf === null ? undefined : run.servers.find(({ id }) => id === server.variantOf);
  const variants = run.servers.filter(({ variantOf }) => variantOf === server.id);
  const shown = facts.observations.filter((row) => facts.valuesOf(server.id, row).length > 0);
  const findings = facts.findingsOf(server.id);
  return {
    path,
    title: titleOf(server, 'server', language),
    description: words.serverDescription(titleOf(server, 'server', language)),
    body: [
      el('p', { class: 'soft' }, el('code', {}, server.id), server.version === null ? '' : ` · ${words.version(server.version)}`),
      ...(server.provenance === 'model' ? [el('p', {}, words.model)] : []),
      ...(server.summary === null ? [] : [el('p', {}, summaryIn(language, server))]),
      ...(base ? [el('p', {}, `${words.variantOf} `, serverLink(path, base, context))] : []),
      ...(server.skipped
        ? [
            el(
              'p',
              {},
              words.skipped(inLanguage(language, server.skipped.reason)),
              ' ',
              el('code', {}, inLanguage(language, server.skipped.remedy)),
            ),
          ]
        : []),
      ...(variants.length > 0
        ? [
            el('h2', {}, words.variants),
            el(
              'ul',
              {},
              ...variants.map((one) =>
                el('li', {}, serverLink(path, one, context), ' ', el('span', { class: 'soft' }, summaryIn(language, one))),
              ),
            ),
          ]
        : []),
      ...timerSection(server.id, context),
      ...(findings.length > 0 ? [el('h2', { id: 'findings' }, words.findings), findingList(findings, language)] : []),
      ...groupsOf(shown, language).flatMap(([title, rows]) => [
        el('h2', {}, title),
        tableOf(
          title,
          [words.observation, words.value],
          rows.map((row) => [observationCell(path, row, context), valueCell(server.id, row, context)]),
        ),
      ]),
    ],
  };
}

/** The name of an observation in a server's table; links lead to it. */
const observationCell = (from: string, row: ObservationRow, { names, language }: Context): Markup =>
  el(
    'span',
    { id: names.observation(row.id) },
    a(linkFrom(from, `observations/${names.observation(row.id)}.html`), capital(titleOf(row, 'observation', language))),
  );

function valueCell(server: string, row: ObservationRow, { facts, language }: Context): Markup[] {
  const words = SITE_WORDS[language];
  const groups = facts.valuesOf(server, row);
  const unusual = facts.unusual(server, row);
  return [
    ...groups.slice(0, VALUES).map((group) => valueLine(group, language)),
    ...(groups.length > VALUES ? [el('div', { class: 'seen' }, words.more(groups.length - VALUES))] : []),
    ...(unusual
      ? [
          el(
            'div',
            { class: 'seen' },
            `${words.most}${colon(language)}${unusual.usual}${TABLE_WORDS[language].aside(`${unusual.agreeing}/${unusual.voting}`)}`,
          ),
        ]
      : []),
  ];
}

/** Empty where no frame shows it. */
const framesOf = (frames: readonly number[], words: TableWords): string =>
  frames.length === 0 ? '' : words.frames(frames.slice(0, FRAMES), frames.length > FRAMES);

const colon = (language: Language): string => TABLE_WORDS[language].colon;

function valueLine({ text, value, places }: ValueGroup, language: Language): Markup {
  const words = SITE_WORDS[language];
  const table = TABLE_WORDS[language];
  const named = places.slice(0, PLACES).map(({ place, frames }) => `${place} ${framesOf(frames, table)}`.trim());
  const more = places.length > PLACES ? [words.more(places.length - PLACES)] : [];
  const judged = value.conformance;
  return el(
    'div',
    {},
    el('span', { class: 'value' }, text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)} …` : text),
    ' ',
    el('span', { class: 'seen' }, [...named, ...more].join(table.and)),
    judged && judged.verdict !== 'unspecified'
      ? el(
          'div',
          { class: 'seen' },
          table.verdicts[judged.verdict] + table.colon + judged.section + table.comma,
          inLanguage(language, judged.because),
        )
      : null,
  );
}

function timerSection(server: string, { run, language }: Context): Markup[] {
  const words = SITE_WORDS[language];
  const table = TABLE_WORDS[language];
  const timers = documentedTimers(run).filter((one) => one.server === server);
  if (timers.length === 0) return [];
  return [
    el('h2', { id: 'timers' }, words.timers),
    tableOf(
      words.timers,
      ['', words.documented, words.measured, words.verdict],
      timers.map(({ timer, documented, measured, verdict, cell }) => {
        const unit = timer === 'requests' ? null : 's';
        const { client, scenario } = cellOfId(cell);
        const source = documented?.source ?? '';
        return [
          table.timers[timer],
          [
            documentedText(documented, unit, table),
            ' ',
            /^https?:\/\/\S+$/.test(source) ? a(source, source) : el('span', { class: 'seen' }, source),
          ],
          [
            valueText(measured, unit, table),
            ' ',
            el('span', { class: 'seen' }, `${client}/${scenario} ${framesOf(measured.frames, table)}`),
          ],
          table.documentedVerdicts[verdict],
        ];
      }),
    ),
  ];
}

function findingList(findings: readonly FindingRow[], language: Language): Markup {
  const words = FINDING_LANGUAGES[language];
  const site = SITE_WORDS[language];
  const foreign = language === 'en' ? null : 'en';
  return el(
    'ul',
    {},
    ...findings.map(({ id, severity, title, seen, consequence, remedy, spec, level, where: [place] }) => {
      const known = language === 'en' ? undefined : words.findings[id as keyof typeof words.findings];
      const rule = [spec, level].filter((part) => part !== null).join(TABLE_WORDS[language].comma);
      const own = known ? null : foreign;
      return el(
        'li',
        { id: `finding-${id.replaceAll('.', '-')}` },
        el('span', { class: 'severity' }, words.severities[severity]),
        ' ',
        el('span', { lang: own }, known?.title ?? title),
        rule === '' ? '' : words.aside(rule),
        colon(language),
        el('span', { lang: foreign }, seen),
        place
          ? el(
              'span',
              { class: 'seen' },
              ` ${place.cell ?? ''} ${place.frames.length > 0 ? words.frames(place.frames.slice(0, FRAMES)) : ''}`,
            )
          : null,
        el('div', { class: 'seen' }, `${site.consequence}${colon(language)}`, el('span', { lang: own }, known?.consequence ?? consequence)),
        el('div', { class: 'seen' }, `${site.remedy}${colon(language)}`, el('span', { lang: own }, known?.remedy ?? remedy)),
      );
    }),
  );
}

function observationList({ language, names, facts }: Context): Page {
  const words = SITE_WORDS[language];
  const path = 'observations/index.html';
  return { path, title: words.observations, description: words.homeDescription, body: observationGroups(path, { language, names, facts }) };
}

function observationPage(row: ObservationRow, context: Context): Page {
  const { run, language, names, facts } = context;
  const words = SITE_WORDS[language];
  const title = capital(titleOf(row, 'observation', language));
  const path = `observations/${names.observation(row.id)}.html`;
  const servers = variantsAfterTheirBase(run.servers).filter(({ id }) => facts.valuesOf(id, row).length > 0);
  const split = facts.byValue(row);
  const link = (id: string): Markup =>
    a(linkFrom(path, `servers/${names.server(id)}.html#${names.observation(row.id)}`), labelOf(run, id, TABLE_WORDS[language]));
  return {
    path,
    title,
    description: words.observationDescription(title, servers.length),
    body: [
      el('p', { class: 'soft' }, el('code', {}, row.id), row.spec === null ? '' : ` · ${row.spec}`),
      el('p', {}, definitionIn(language, row)),
      ...(split
        ? [
            el('h2', {}, words.byValue),
            el('p', { class: 'soft' }, split.place),
            el(
              'dl',
              {},
              ...split.groups.flatMap(({ text, servers: those }) => [
                el('dt', {}, text + TABLE_WORDS[language].aside(String(those.length))),
                el('dd', {}, ...those.flatMap((id, at) => [at === 0 ? '' : language === 'en' ? ', ' : '、', link(id)])),
              ]),
            ),
          ]
        : []),
      el('h2', {}, words.bySetting),
      tableOf(
        title,
        [words.servers, words.value],
        servers.map(({ id }) => [link(id), valueCell(id, row, context)]),
      ),
    ],
  };
}

type Claim = RunResult['claims'][number];
const claimWords = ({ id }: Claim, language: Language) => CLAIM_WORDS[language].claims[id as ClaimId];

function claimList(context: Context): Page {
  const { run, language, names } = context;
  const words = SITE_WORDS[language];
  const path = 'claims/index.html';
  return {
    path,
    title: words.claims,
    description: words.claimsDescription,
    body: [
      tableOf(
        words.claims,
        ['', words.claim, words.verdict],
        run.claims.map((claim) => [
          a(linkFrom(path, `claims/${names.claim(claim.id)}.html`), claim.id),
          claimWords(claim, language)?.statement ?? el('span', { lang: 'en' }, claim.statement),
          CLAIM_WORDS[language].verdicts[claim.verdict],
        ]),
      ),
    ],
  };
}

function claimPage(claim: Claim, { run, language, names }: Context): Page {
  const words = SITE_WORDS[language];
  const own = claimWords(claim, language);
  const path = `claims/${names.claim(claim.id)}.html`;
  const table = TABLE_WORDS[language];
  const verdict = CLAIM_WORDS[language].verdicts[claim.verdict];
  return {
    path,
    title: `${claim.id} ${own?.title ?? claim.statement}`,
    description: `${own?.statement ?? claim.statement} ${words.verdict}${colon(language)}${verdict}`,
    body: [
      el('p', {}, own?.statement ?? claim.statement),
      el(
        'dl',
        {},
        ...[
          ...(own?.cause ? [[words.cause, own.cause] as const] : []),
          ...(own?.cure ? [[words.cure, own.cure] as const] : []),
          [words.verdict, verdict] as const,
        ].flatMap(([term, text]) => [el('dt', {}, term), el('dd', {}, text)]),
        el('dt', {}, words.why),
        el('dd', { lang: language === 'en' ? null : 'en' }, claim.because),
      ),
      ...(claim.evidence.length > 0
        ? [
            el('h2', {}, words.evidence),
            el(
              'ul',
              {},
              ...claim.evidence.map(({ cell, observation, frames }) => {
                const { server } = cellOfId(cell);
                const known = run.servers.some(({ id }) => id === server);
                const row = run.observations.find(({ id }) => id === observation);
                const text = `${cell}${TABLE_WORDS[language].comma}${row ? titleOf(row, 'observation', language) : observation}`;
                return el(
                  'li',
                  {},
                  known ? a(linkFrom(path, `servers/${names.server(server)}.html`), text) : text,
                  ' ',
                  el('span', { class: 'seen' }, framesOf(frames, table)),
                );
              }),
            ),
          ]
        : []),
    ],
  };
}

function racePage(race: RaceResult, { language }: Context): Page {
  const site = SITE_WORDS[language];
  const words = RACE_WORDS[language];
  const upstreams = race.upstreams.filter(({ habits }) => habits !== null);
  const servers = race.servers.filter(({ timer }) => timer !== null);
  const facts = {
    windowS: race.windowS,
    delayMs: race.pathDelayMs,
    startedAt: race.startedAt.slice(0, 10),
    minutes: Math.max(1, Math.round(race.durationMs / 60_000)),
  };
  return {
    path: 'race.html',
    title: words.matrix,
    description: site.raceDescription,
    body: [
      ...words.intro(facts).map((text) => el('p', {}, text)),
      el('p', { class: 'soft' }, words.matrixNote),
      tableOf(
        words.matrix,
        [words.upstream, ...servers.map(({ title }) => title)],
        upstreams.map(({ id, title }) => [
          el('span', { id: id.replace(/[^\w.-]+/g, '-') }, title),
          ...servers.map(
            (server) =>
              cellText(
                race.pairs.filter((pair) => pair.upstream === id && pair.server === server.id),
                words,
              ) || '–',
          ),
        ]),
      ),
    ],
  };
}
