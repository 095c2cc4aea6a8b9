/** Findings: what is wrong, what follows, what mends it, with links to the ladders that show it. */
import type { PageFinding } from '../page-format.ts';
import { type Child, filterWithCopy, framesFilter, framesText, h, select } from './dom.ts';
import { cellFrameAddress } from './frames.ts';
import { state, t } from './language.ts';
import { index } from './model.ts';

/** Places that are listed with a finding. */
const PLACES_SHOWN = 6;
const FRAMES_SHOWN = 8;

/** Where a place leads: its cell, or a connection of a capture from elsewhere. */
type AddressOf = (place: PageFinding['where'][number]) => string | null;

const toCell: AddressOf = ({ cell, frames }) =>
  cell === null ? null : frames[0] === undefined ? `#${cell}` : cellFrameAddress(cell, frames[0]);

/** Which server's findings are shown; empty: all. */
const chosen = { server: '' };

/** Whether this view has anything to show. */
export const hasFindings = (): boolean => index.findings.length > 0;

/** The view `#/findings/server`. */
export function findingsView(redraw: () => void, [server = '']: readonly string[] = []): Child[] {
  if (index.servers.some(({ id }) => id === server)) chosen.server = server;
  const shown = index.findings.filter((finding) => chosen.server === '' || finding.server === chosen.server);
  const servers = [...new Set(index.findings.map((finding) => finding.server))];
  const choose = (id: string): void => {
    chosen.server = id;
    redraw();
  };
  const options = [['', t('finding.all-servers')] as const, ...servers.map((id) => [id, id] as const)];
  return [
    h('h1', {}, t('ui.all-findings')),
    servers.length > 1 ? h('div', { class: 'controls' }, select(t('ui.server'), options, chosen.server, choose, 'finding-server')) : null,
    chosen.server === '' && servers.length > 1 ? byKind(shown) : findingList(shown, toCell),
  ];
}

/** One entry a kind, with the servers that show it. */
function byKind(findings: readonly PageFinding[]): HTMLElement {
  const kinds = new Map<string, PageFinding[]>();
  for (const finding of findings) {
    const kind = kinds.get(finding.id);
    if (kind) kind.push(finding);
    else kinds.set(finding.id, [finding]);
  }
  return h('ol', { class: 'finding-list' }, [...kinds.values()].map(kindItem));
}

function kindItem(kind: readonly PageFinding[]): HTMLElement {
  const [first] = kind as [PageFinding];
  const { consequence, remedy } = first.words[state.language];
  const servers = kind.map(({ server, words, where }) =>
    h(
      'li',
      {},
      h('strong', {}, server),
      t('ui.colon'),
      words[state.language].seen,
      ' ',
      h('span', { class: 'places' }, placeLinks(where, toCell)),
    ),
  );
  return h(
    'li',
    { class: `finding is-${first.severity}` },
    h(
      'details',
      { open: first.severity === 'fault' },
      h('summary', {}, heading(first), ' ', h('span', { class: 'frames' }, kind.map(({ server }) => server).join(t('ui.list')))),
      h('p', {}, consequence),
      h('p', { class: 'remedy' }, t('finding.remedy', { remedy })),
      h('ul', {}, servers),
    ),
  );
}

function heading({ severity, level, spec, words }: PageFinding): HTMLElement {
  const rule = [spec, level].filter((part) => part !== null).join(t('ui.comma'));
  return h(
    'h3',
    {},
    h('span', { class: 'severity' }, t(`finding.${severity}`)),
    ` ${words[state.language].title} `,
    rule === '' ? null : h('span', { class: 'frames' }, rule),
  );
}

const placeLinks = (where: PageFinding['where'], addressOf: AddressOf): Child[] =>
  where.slice(0, PLACES_SHOWN).map((place) => {
    const frames = framesText(place.frames.slice(0, FRAMES_SHOWN));
    const name = place.cell ?? (place.stream === null ? '' : `#${place.stream}`);
    const text = name === '' ? frames : `${name}${t('ui.comma')}${frames}`;
    const address = addressOf(place);
    return address === null ? h('span', {}, text) : h('a', { href: address }, text);
  });

/** Each finding with everything that is known of it. */
export const findingList = (findings: readonly PageFinding[], addressOf: AddressOf): HTMLElement =>
  h(
    'ol',
    { class: 'finding-list' },
    findings.map((finding) => findingItem(finding, addressOf)),
  );

function findingItem(finding: PageFinding, addressOf: AddressOf): HTMLElement {
  const { severity, words, server, where } = finding;
  const { seen, consequence, remedy } = words[state.language];
  const first = where[0];
  const frames = where
    .filter(({ cell }) => cell === first?.cell)
    .flatMap((place) => place.frames)
    .slice(0, FRAMES_SHOWN);
  return h(
    'li',
    { class: `finding is-${severity}` },
    heading(finding),
    h('p', {}, seen),
    h('p', {}, consequence),
    remedy === '' ? null : h('p', { class: 'remedy' }, t('finding.remedy', { remedy })),
    h(
      'p',
      { class: 'places' },
      server ? h('code', {}, server) : null,
      placeLinks(where, addressOf),
      where.length > PLACES_SHOWN ? h('span', {}, `… +${where.length - PLACES_SHOWN}`) : null,
      frames.length > 0 ? filterWithCopy(framesFilter(frames)) : null,
    ),
  );
}
