/** What a model or an emulated browser is, where it stands: its sources, how near it comes to the real one, and when that was measured. */
import type { PageAbout } from '../page-format.ts';
import { openDialog } from './dialog.ts';
import { type Child, h } from './dom.ts';
import { said, t } from './language.ts';

interface Row {
  id: string;
  title: string;
  provenance: 'real' | 'model' | 'emulated';
  version: string | null;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Opens the box. @param about `null` where the run says no more of it */
export function explainProvenance(row: Row, about: PageAbout | null): void {
  // The probe imitates nobody: there is nothing to be near to.
  if (row.id === 'probe') {
    openDialog('about-box', row.title, [h('p', {}, t('about.probe'))]);
    return;
  }
  const isModel = row.provenance === 'model';
  const real = about?.real ?? null;
  openDialog('about-box', [row.title, row.version].filter(Boolean).join(' '), [
    h('p', {}, t(isModel ? 'about.model' : 'about.emulated')),
    h('h3', {}, t('about.trust')),
    h('ul', {}, scores(about, real)),
    about && about.known.length > 0
      ? [
          h('h3', {}, t('about.known')),
          h(
            'ul',
            {},
            about.known.map(({ what, because }) => h('li', {}, t('problem', { kind: said(what), detail: said(because) }))),
          ),
        ]
      : null,
    h('h3', {}, t('about.sources')),
    about && about.sources.length > 0
      ? h(
          'ul',
          { class: 'sources' },
          about.sources.map(({ text, url }) =>
            h('li', {}, url === null ? said(text) : h('a', { href: url, rel: 'noreferrer' }, said(text))),
          ),
        )
      : h('p', {}, t('about.no-sources')),
  ]);
}

function scores(about: PageAbout | null, real: string | null): Child[] {
  const { ofRun = null, reference = null } = about ?? {};
  const lines = [
    ofRun && h('li', {}, t('about.score-run', { share: percent(ofRun.share), n: ofRun.judged, real: ofRun.real })),
    reference && h('li', {}, t('about.score', { share: percent(reference.share), n: reference.judged, when: reference.date })),
  ].filter((line) => line !== null);
  if (lines.length > 0) return lines;
  return [h('li', {}, real === null ? t('about.no-real') : t('about.not-scored', { real }))];
}
