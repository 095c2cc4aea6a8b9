/** What the reader chose in a view, behind the `?` of the page's address: `#/matrix/chromium/first-visit?sort=-close.first`. */

/** What stands before the `?`, and the choices behind it. */
export function address(): { path: string; query: URLSearchParams } {
  const hash = location.hash.slice(1);
  const cut = hash.indexOf('?');
  return cut < 0
    ? { path: hash, query: new URLSearchParams() }
    : { path: hash.slice(0, cut), query: new URLSearchParams(hash.slice(cut + 1)) };
}

/** Puts the choices into the address, without a step in the browser's history. @param path `null`: as it is */
export function keepInAddress(query: URLSearchParams, path: string | null = null): void {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%40', '@');
  const hash = `#${path ?? address().path}${text === '' ? '' : `?${text}`}`;
  if (hash !== location.hash && !(hash === '#' && location.hash === '')) history.replaceState(history.state, '', hash);
}
