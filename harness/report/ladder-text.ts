/** A ladder diagram in characters: client on the left, server on the right, at most `columns` wide. */
import type { Language, Side } from '../model.ts';
import { escapeTerminal } from './escape.ts';
import type { Arrow, Ladder } from './ladder.ts';
import { arrowWords, eventWords } from './ladder-words.ts';
import { durationText, framesSpan, type Phrase, phrase, say } from './phrases/phrases.ts';
import type { TcpStates } from './tcp-states.ts';
import { padEnd, textWidth, truncate } from './width.ts';

/** How a ladder is drawn as text. */
export interface LadderTextOptions {
  language?: Language;
  /** Default 100. */
  columns?: number;
  /** Whether to use only ASCII. */
  ascii?: boolean;
}

interface Drawing {
  line: string;
  dash: string;
  left: string;
  right: string;
  gap: string;
  cut: string;
}

const UNICODE: Drawing = { line: '│', dash: '─', left: '◀', right: '▶', gap: '┊', cut: '…' };
const ASCII: Drawing = { line: '|', dash: '-', left: '<', right: '>', gap: ':', cut: '...' };

/** Time, the state of each end, frames. */
const TIME = 9;
const STATE = 12;
const FRAMES = 10;

/** The lines of the diagram. */
export function ladderText(ladder: Ladder, options: LadderTextOptions): string[] {
  const { language = 'en', columns = 100, ascii = false } = options;
  const plain = ascii ? toAscii : (text: string): string => text;
  const words = (...parts: Phrase[]): string => plain(escapeTerminal(parts.map((part) => say(language, part)).join(' · ')));
  const drawing = ascii ? ASCII : UNICODE;
  const middle = Math.max(24, columns - TIME - 2 * STATE - FRAMES - 6);
  const cut = (text: string, width: number): string => {
    const short = truncate(text, width);
    return ascii && short !== text ? `${truncate(text, width - 2).slice(0, -1)}...` : short;
  };
  const row = (time: string, client: string, text: string, server: string, frames: string): string =>
    [
      padStart(time, TIME),
      ' ',
      padStart(client, STATE),
      ' ',
      text,
      ' ',
      frames === '' ? server : padEnd(server, STATE),
      frames === '' ? '' : ` ${frames}`,
    ]
      .join('')
      .trimEnd();
  const between = (text: string, line: string): string => `${line}${centre(cut(text, middle - 2), middle - 2, ' ')}${line}`;
  let states: TcpStates = ladder.states;
  const lines = [
    row('', words(phrase('client')), between('', drawing.line), words(phrase('server')), ''),
    row('', states.client, between('', drawing.line), states.server, ''),
  ];
  for (const event of ladder.events) {
    const time = event.type === 'step' ? '' : plain(durationText(event.timeNs - ladder.startNs));
    if (event.type !== 'arrow') {
      const line = event.type === 'step' ? drawing.line : drawing.gap;
      const frames = event.type === 'probes' || event.type === 'left-out' ? plain(framesSpan(event.frames)) : '';
      lines.push(row(event.type === 'gap' ? '' : time, '', between(words(eventWords(event)), line), '', frames));
      continue;
    }
    const label = cut(words(...arrowWords(event)), middle - 6);
    const now = event.states;
    const text = drawing.line + arrowLine(label, event.from, middle - 2, drawing) + drawing.line;
    lines.push(row(time, changed('client', states, now), text, changed('server', states, now), plain(framesSpan(event.frames))));
    states = now;
  }
  return lines;
}

const changed = (side: Side, before: TcpStates, now: TcpStates): string => (before[side] === now[side] ? '' : now[side]);

const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - textWidth(text))) + text;

function arrowLine(label: string, from: Arrow['from'], width: number, { dash, left, right }: Drawing): string {
  const text = centre(` ${label} `, width - 1, dash);
  return from === 'client' ? text + right : left + text;
}

/** Replaces the characters that this file and the sentences use; text from the wire is left as it is. */
const toAscii = (line: string): string =>
  line.replace(/…/g, '...').replace(/–/g, '-').replace(/ · /g, ', ').replace(/µs/g, 'us').replace(/−/g, '-');

function centre(text: string, width: number, fill: string): string {
  const room = Math.max(0, width - textWidth(text));
  const before = Math.floor(room / 2);
  return fill.repeat(before) + text + fill.repeat(room - before);
}
