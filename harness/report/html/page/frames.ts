/** Frames as links: each leads to the frame's bytes and to its arrow in the ladder. */
import { framesSpan } from '../../phrases/phrases.ts';
import { type Child, h } from './dom.ts';
import { t } from './language.ts';

/** The address of a frame within the cell, or the connection of a capture, whose view is open; `null` in other views. */
export function frameAddress(frame: number): string | null {
  const place = /^#(?:\/connection\/\d+|[^/]+\/[^/]+\/[^/?]+)/.exec(location.hash)?.[0];
  return place === undefined || frame <= 0 ? null : `${place}/${frame}`;
}

/** The address of a frame of any cell. @param cell `server/client/scenario` */
export const cellFrameAddress = (cell: string, frame: number): string => `#${cell}/${frame}`;

type AddressOf = (frame: number) => string | null;

const link = (frame: number, text: string, addressOf: AddressOf): Child => {
  const href = addressOf(frame);
  return href === null ? text : h('a', { href, class: 'frame-link', 'data-frame': frame }, text);
};

/** The sentence `frames {list}` around other children than text. */
function around(n: number, list: readonly Child[]): Child[] {
  const [before = '', after = ''] = t('ui.frames', { n, list: '\0' }).split('\0');
  return [before, ...list, after];
}

/** `frames 4, 7, … +3`, each a link. @param frames a negative number stands for that many more */
export function frameLinks(frames: readonly number[], addressOf: AddressOf = frameAddress): Child[] {
  if (frames.length === 0) return [t('ui.no-frames')];
  const list = frames.flatMap((frame, place): Child[] => [
    place > 0 ? t('ui.list') : '',
    frame < 0 ? `… +${-frame}` : link(frame, String(frame), addressOf),
  ]);
  return around(frames.length, list);
}

/** `frames 4–9`, a link to the first. */
export const spanLink = (span: readonly [number, number], addressOf: AddressOf = frameAddress): Child[] =>
  around(span[1] - span[0] + 1, [spanNumbers(span, addressOf)]);

/** `4–9`, a link to the first. */
export const spanNumbers = (span: readonly [number, number], addressOf: AddressOf = frameAddress): Child =>
  link(span[0], framesSpan(span), addressOf);
