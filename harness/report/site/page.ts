/** The frame of every page of the site: head, navigation, the other language, the end. */
import type { Language } from '../../model.ts';
import { a, el, escapeHtml, type Markup } from './markup.ts';
import { SITE_WORDS } from './words.ts';

/** One page before its frame. */
export interface Page {
  /** Below the language's folder, with forward slashes: `servers/nginx.html`. */
  path: string;
  title: string;
  description: string;
  body: readonly Markup[];
}

/** What every page needs to know of the site. */
export interface SiteFrame {
  language: Language;
  /** The address of the site's root, with a slash at its end; `null` where it is not known. */
  url: string | null;
  version: string;
  /** Days of the run: `2026-11-28`. */
  date: string;
  hasRace: boolean;
  hasClaims: boolean;
}

export const STYLE_FILE = 'style.css';

const LANG: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
const other = (language: Language): Language => (language === 'en' ? 'zh' : 'en');
/** English is at the root, so that its addresses are the short ones. */
export const folderOf = (language: Language): string => (language === 'en' ? '' : `${language}/`);

/** `../` as often as the path has folders. */
const upFrom = (path: string): string => '../'.repeat(path.split('/').length - 1);

/** A link from one page to another of the same language. */
export const linkFrom = (from: string, to: string): string => `${upFrom(from)}${to}` || './';

/** The whole page. */
export function framed({ path, title, description, body }: Page, frame: SiteFrame): string {
  const { language, url } = frame;
  const words = SITE_WORDS[language];
  const whole = `${folderOf(language)}${path}`;
  const link = (to: string): string => linkFrom(path, to);
  const toOther = `${upFrom(whole)}${folderOf(other(language))}${path}`;
  const nav: [string, string][] = [
    ['index.html', words.home],
    ['servers/index.html', words.servers],
    ['observations/index.html', words.observations],
    ...(frame.hasClaims ? [['claims/index.html', words.claims] as [string, string]] : []),
    ...(frame.hasRace ? [['race.html', words.race] as [string, string]] : []),
  ];
  const head = el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('title', {}, path === 'index.html' ? `${words.name}: ${words.tagline}` : `${title} · ${words.name}`),
    el('meta', { name: 'description', content: description }),
    el('link', { rel: 'stylesheet', href: `${upFrom(whole)}${STYLE_FILE}` }),
    url === null ? null : el('link', { rel: 'canonical', href: addressOf(url, whole) }),
    ...[language, other(language)].map((one) =>
      el('link', {
        rel: 'alternate',
        hreflang: LANG[one],
        href: url === null ? `${upFrom(whole)}${folderOf(one)}${path}` : addressOf(url, `${folderOf(one)}${path}`),
      }),
    ),
    el('meta', { property: 'og:title', content: title }),
    el('meta', { property: 'og:description', content: description }),
  );
  const content = el(
    'body',
    {},
    el('a', { class: 'skip', href: '#content' }, words.skip),
    el(
      'header',
      {},
      el(
        'nav',
        { 'aria-label': words.name },
        ...nav.map(([to, text], at) =>
          el(
            'a',
            { href: link(to), class: at === 0 ? 'name' : null, 'aria-current': to === path ? 'page' : null },
            at === 0 ? words.name : text,
          ),
        ),
        el('a', { class: 'language', href: toOther, hreflang: LANG[other(language)], lang: LANG[other(language)] }, words.otherLanguage),
      ),
    ),
    el('main', { id: 'content' }, el('h1', {}, title), ...body),
    el('footer', {}, `wirematrix ${frame.version} · ${frame.date} · `, el('code', {}, 'npm run compare')),
  );
  return `<!DOCTYPE html>\n${el('html', { lang: LANG[language] }, head, content).html}\n`;
}

/** The address of a page; a folder's own page is the folder. */
export const addressOf = (url: string, path: string): string => `${url}${path.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`;

/** `sitemap.xml` of these pages. @param paths below the root */
export const sitemap = (url: string, paths: readonly string[], date: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${paths
    .map((path) => `<url><loc>${escapeHtml(addressOf(url, path))}</loc><lastmod>${date}</lastmod></url>\n`)
    .join('')}</urlset>\n`;

/** `404.html`: it is shown at any address, so that its links need the root's. */
export const notFoundPage = (url: string): string => {
  const words = SITE_WORDS.en;
  const head = el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('title', {}, `${words.notFound} · ${words.name}`),
    el('link', { rel: 'stylesheet', href: `${url}${STYLE_FILE}` }),
  );
  const body = el(
    'body',
    {},
    el('main', {}, el('h1', {}, words.notFound), el('p', {}, words.notFoundText), el('p', {}, a(url, words.home))),
  );
  return `<!DOCTYPE html>\n${el('html', { lang: 'en' }, head, body).html}\n`;
};
