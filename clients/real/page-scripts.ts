/** Functions, as source text, that run in the page for a user's actions. */

/** Scrolls the link to `url` into view and gives its centre as a `Point`. Throws where the page has no such link. */
export const FIND_LINK = `(url) => {
  const link = [...document.links].find((candidate) => candidate.href === url);
  if (!link) throw new Error('no link to ' + url + ' on ' + location.href);
  link.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = link.getClientRects()[0];
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}`;

/** Plays the page's audio. */
export const PLAY = `async () => {
  await document.querySelector('audio').play();
}`;

/**
 * Seeks in the page's audio, `to` as a fraction of its length (0 to 1), once that is known. Does nothing where the length stays unknown (a
 * chunked response, for example).
 */
export const SEEK = `async (to) => {
  const audio = document.querySelector('audio');
  if (audio.readyState < HTMLMediaElement.HAVE_METADATA) {
    await new Promise((known) => audio.addEventListener('loadedmetadata', known, { once: true }));
  }
  if (Number.isFinite(audio.duration)) audio.currentTime = audio.duration * to;
}`;

/** A point on the page, in CSS pixels of the viewport. */
export interface Point {
  x: number;
  y: number;
}
