/** A pair of a race, opened: its figures, the prediction, and the example of each method with its ladders and messages. */
import { displayFilter } from '../../phrases/phrases.ts';
import { marginText } from '../../race/race-cell.ts';
import { endsTexts, exampleText, habitTexts, idleCloseText, pairsOf, shownIn, whyNotTried } from '../../race/race-rows.ts';
import type { PageRace, PairDetail } from '../page-format.ts';
import { type Child, filterWithCopy, h } from './dom.ts';
import { headsSection } from './heads.ts';
import { ladderFigure, markFrame } from './ladder.ts';
import { t } from './language.ts';
import { pairDetail } from './model.ts';
import { figures, pairAddress, part, words } from './race.ts';

/** The view `#/pair/<upstream>/<server>`. */
export function pairView(race: PageRace, [upstreamId = '', serverId = '']: readonly string[]): Child[] {
  const { result, facts } = race;
  const { upstreams, servers } = shownIn(result);
  const upstream = upstreams.find(({ id }) => id === upstreamId);
  const server = servers.find(({ id }) => id === serverId);
  const back = h('a', { href: '#/race' }, `← ${t('race.matrix')}`);
  if (!upstream || !server) return [h('h1', { tabindex: '-1' }, t('ui.no-cell')), h('p', {}, back)];
  const place = servers.indexOf(server);
  const beside = (to: (typeof servers)[number] | undefined, text: string, mark: string): Child => {
    if (!to) return null;
    const name = words().named(text, to.title);
    return h('a', { href: pairAddress(upstream.id, to.id), title: name }, mark, h('span', { class: 'visually-hidden' }, name));
  };
  const setting = facts.settings[server.id];
  const pairs = pairsOf(result, upstream.id, server.id);
  return [
    h(
      'nav',
      { class: 'cell-nav', 'aria-label': t('race.pair') },
      back,
      h('span', { class: 'controls' }, beside(servers[place - 1], t('ui.previous'), '‹'), beside(servers[place + 1], t('ui.next'), '›')),
    ),
    h('h1', { tabindex: '-1' }, upstream.title, h('span', { class: 'dim' }, ' > '), server.title),
    h('p', { class: 'provenance' }, `${upstream.version ?? ''} · ${upstream.summary} · ${server.version ?? ''} · ${server.summary}`),
    predictions(pairs, upstream, server),
    ...endsTexts(pairs[0] ?? { ends: null }, words()).map((text) => h('p', {}, text)),
    figures(result, upstream.id, server.id),
    setting !== undefined && pairs.some(({ verdict }) => verdict === 'races')
      ? h('p', { class: 'remedy' }, words().setting(server.title, setting))
      : null,
    ...pairs.map((pair) => exampleOf(race, pair)),
  ];
}

type Pair = PageRace['result']['pairs'][number];
type Shown = ReturnType<typeof shownIn>;

/** One sentence, where both methods are predicted alike. */
function predictions(pairs: readonly Pair[], upstream: Shown['upstreams'][number], server: Shown['servers'][number]): HTMLElement {
  const { predicted, because, predictedBy } = words();
  const upstreamIdle = habitTexts(upstream, words())[1] || '–';
  const serverIdle = idleCloseText(server, words()) || '–';
  const texts = pairs.map((pair) =>
    predictedBy({
      predicted: predicted[pair.predicted],
      margin: marginText(pair.marginS),
      because: because[pair.because],
      upstreamIdle,
      serverIdle,
    }),
  );
  const isOne = new Set(texts).size === 1;
  return h(
    'p',
    {},
    isOne ? texts[0] : texts.map((text, place) => h('span', { class: 'why' }, words().named(pairs[place]?.method ?? '', text))),
  );
}

function exampleOf({ result, detailed }: PageRace, pair: Pair): HTMLElement {
  const { noExample, noLadder, capture, filter, ladders } = words();
  const name = `example-${pair.method.toLowerCase()}`;
  const { example } = pair;
  if (example === null)
    return part(name, pair.method, h('p', { class: 'note' }, pair.tried === 0 ? whyNotTried(pair, result.servers, words()) : noExample));
  const place = result.pairs.indexOf(pair);
  const detail = detailed.includes(place) ? pairDetail(place) : null;
  return part(
    name,
    pair.method,
    h('p', {}, exampleText(pair, words())),
    h(
      'p',
      { class: 'files' },
      h('a', { href: example.capture, download: true }, capture),
      ` ${filter}: `,
      filterWithCopy(displayFilter(example.frames)),
    ),
    detail === null ? h('p', { class: 'note bound' }, noLadder) : null,
    ...(detail?.ladders ?? []).flatMap(({ of, frame, ladder }) => {
      const figure = ladderFigure(ladder);
      figure.id = `${name}-${of}`;
      markFrame(figure, frame);
      return [h('h3', { class: 'hop' }, ladders[of]), figure];
    }),
    detail === null ? null : messages(detail, name),
  );
}

/** The heads of the request on each connection, and of what answered it. */
function messages({ exchanges }: PairDetail, name: string): HTMLElement {
  const box = h('div', {}, headsSection(exchanges, [], ''));
  // Each method has a section of its own.
  for (const exchange of box.querySelectorAll('details.exchange')) exchange.id = `${name}-${exchange.id}`;
  return box;
}
