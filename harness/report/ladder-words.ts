/** The events of a ladder in words; see `phrases/`. */
import type { Arrow, LadderEvent } from './ladder.ts';
import type { PlacedMessage } from './ladder-messages.ts';
import { bytesText, durationText, type Phrase, phrase, verbatim } from './phrases/phrases.ts';

/** The parts of an arrow's label, the most important first. */
export function arrowWords(arrow: Arrow): Phrase[] {
  const words: Phrase[] = [];
  if (arrow.kind === 'message') words.push(...arrow.messages.map(messageWords));
  else words.push(phrase(`arrow.${arrow.kind}`));
  if (arrow.payload > 0) words.push(verbatim(bytesText(arrow.payload)));
  if (arrow.segments > 1) words.push(phrase('arrow.segments', { n: arrow.segments }));
  if (arrow.fin && arrow.kind !== 'fin') words.push(phrase('arrow.with-fin'));
  words.push(...arrow.analysis.map((name) => phrase(`analysis.${name}`)));
  return words;
}

const messageWords = ({ name, starts }: PlacedMessage): Phrase => (starts ? verbatim(name) : phrase('arrow.rest', { name }));

/** The text between the lifelines for an event that is not an arrow. */
export function eventWords(event: Exclude<LadderEvent, { type: 'arrow' }>): Phrase {
  if (event.type === 'step') return phrase('ladder.step', { step: event.id });
  if (event.type === 'left-out') {
    const { arrows, exchanges } = event;
    return arrows === null ? phrase('ladder.middle-left-out', { exchanges }) : phrase('ladder.left-out', { arrows, exchanges });
  }
  if (event.type === 'gap') return phrase(event.open ? 'ladder.open' : 'ladder.gap', { length: durationText(event.lengthNs) });
  const { from, count, answered } = event;
  return phrase('ladder.probes', { side: phrase(from), count, interval: durationText(event.intervalNs), answered });
}
