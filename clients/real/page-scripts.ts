/** What a user's gestures need to know of the page, as source text that runs in it. */

/** A function: brings the link to `url` into view and returns its middle, in CSS pixels of the viewport. */
export const FIND_LINK = `(url) => {
  const link = [...document.links].find((candidate) => candidate.href === url);
  if (!link) throw new Error('no link to ' + url + ' on ' + location.href);
  link.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = link.getClientRects()[0];
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}`;

/** A function: plays the page's audio. */
export const PLAY = `async () => {
  await document.querySelector('audio').play();
}`;

/** A function: seeks to a part of the page's audio (0 to 1), once its length is known. Where it has none (chunked, say), there is no place to seek to. */
export const SEEK = `async (to) => {
  const audio = document.querySelector('audio');
  if (audio.readyState < HTMLMediaElement.HAVE_METADATA) {
    await new Promise((known) => audio.addEventListener('loadedmetadata', known, { once: true }));
  }
  if (Number.isFinite(audio.duration)) audio.currentTime = audio.duration * to;
}`;

/** Where to press on the page. */
export interface Point {
  x: number;
  y: number;
}
