import parse from 'css-tree/parser';
import walk from 'css-tree/walker';
import { Parser } from 'htmlparser2';
import type { RequestKind } from '../profile.ts';

/** A resource that a page names. */
export interface Resource {
  url: URL;
  kind: RequestKind;
  /** Named in the document's head: the page isn't shown before it has loaded. */
  inHead: boolean;
  /** A script that doesn't block the parser: `defer`, `async` or a module. */
  deferred: boolean;
}

/** Finds the resources of an HTML document while its bytes arrive. */
export interface HtmlScanner {
  /** Takes the next piece of the document and gives the resources that it names, in order. */
  write(text: string): Resource[];
  /**
   * The resources that the end of the document completes, and the favicon's address: that of `<link rel="icon">`, or `/favicon.ico` (HTML
   * Standard, 4.6.7.8).
   */
  end(): { resources: Resource[]; favicon: URL };
}

const has = (list: string | undefined, word: string): boolean => (list ?? '').toLowerCase().split(/\s+/).includes(word);

/** Scans an HTML document at the address `base` with a streaming parser. */
export function scanHtml(base: URL): HtmlScanner {
  let found: Resource[] = [];
  let favicon: URL | undefined;
  let inHead = true;
  let mediaDepth = 0;
  let mediaFound = false;
  let style: string | null = null;

  const add = (address: string | undefined, kind: RequestKind, deferred = false) => {
    const url = address === undefined || address.trim() === '' ? null : parseUrl(address.trim(), base);
    if (url && /^https?:$/.test(url.protocol)) found.push({ url: withoutFragment(url), kind, inHead, deferred });
  };
  const link = (attributes: Record<string, string>) => {
    if (has(attributes.rel, 'stylesheet') && !has(attributes.rel, 'alternate')) add(attributes.href, 'stylesheet');
    else if (has(attributes.rel, 'icon')) favicon = parseUrl(attributes.href ?? '', base) ?? favicon;
    else if (has(attributes.rel, 'preload')) add(attributes.href, preloadKind(attributes.as));
  };
  const media = (attributes: Record<string, string>) => {
    if (attributes.preload?.toLowerCase() === 'none') return;
    mediaDepth++;
    mediaFound = attributes.src !== undefined;
    add(attributes.src, 'media');
  };
  const opened: Record<string, (attributes: Record<string, string>) => void> = {
    link,
    script: (attributes) => add(attributes.src, 'script', isDeferred(attributes)),
    img: (attributes) => add(attributes.src, 'image'),
    audio: media,
    video: (attributes) => {
      add(attributes.poster, 'image');
      media(attributes);
    },
    source: (attributes) => {
      // The first source that can be played is used; here every type can be.
      if (mediaDepth > 0 && !mediaFound) {
        mediaFound = true;
        add(attributes.src, 'media');
      }
    },
    body: () => {
      inHead = false;
    },
    style: () => {
      style = '';
    },
  };
  const parser = new Parser({
    onopentag: (name, attributes) => opened[name]?.(attributes),
    ontext: (text) => {
      if (style !== null) style += text;
    },
    onclosetag: (name) => {
      if (name === 'head') inHead = false;
      if ((name === 'audio' || name === 'video') && mediaDepth > 0) mediaDepth--;
      if (name === 'style' && style !== null) {
        for (const resource of scanCss(style, base)) found.push({ ...resource, inHead });
        style = null;
      }
    },
  });
  const take = () => {
    const taken = found;
    found = [];
    return taken;
  };
  return {
    write(text) {
      parser.write(text);
      return take();
    },
    end() {
      parser.end();
      return { resources: take(), favicon: favicon ?? new URL('/favicon.ico', base) };
    },
  };
}

function isDeferred(attributes: Record<string, string>): boolean {
  return 'defer' in attributes || 'async' in attributes || attributes.type?.toLowerCase() === 'module';
}

const PRELOADED: ReadonlyMap<string, RequestKind> = new Map([
  ['style', 'stylesheet'],
  ['script', 'script'],
  ['font', 'font'],
  ['audio', 'media'],
  ['video', 'media'],
]);

function preloadKind(as: string | undefined): RequestKind {
  return PRELOADED.get(as?.toLowerCase() ?? '') ?? 'image';
}

/** The stylesheets, images and fonts that a stylesheet names. */
export function scanCss(css: string, base: URL): Resource[] {
  const found: Resource[] = [];
  const add = (address: string, kind: RequestKind) => {
    const url = parseUrl(address, base);
    if (url && /^https?:$/.test(url.protocol)) found.push({ url: withoutFragment(url), kind, inHead: true, deferred: false });
  };
  walk(parse(css, { parseCustomProperty: false }), function (node) {
    if (node.type === 'Atrule' && node.name.toLowerCase() === 'import' && node.prelude?.type === 'AtrulePrelude') {
      const first = node.prelude.children.first;
      if (first?.type === 'String') add(first.value, 'stylesheet');
      if (first?.type === 'Url') add(first.value, 'stylesheet');
    } else if (node.type === 'Url' && this.atrule?.name.toLowerCase() !== 'import') {
      add(node.value, this.atrule?.name.toLowerCase() === 'font-face' ? 'font' : 'image');
    }
  });
  return found;
}

function withoutFragment(url: URL): URL {
  const copy = new URL(url.href);
  copy.hash = '';
  return copy;
}

/** `URL.parse` needs Node 22. */
function parseUrl(address: string, base: URL): URL | null {
  return URL.canParse(address, base.href) ? new URL(address, base) : null;
}
