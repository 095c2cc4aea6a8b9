/** One frame, opened: its fields, its bytes, what to copy, the capture to save. */
import type { PackedLadder } from '../page-format.ts';
import { announce, type Child, h, textWithCopy } from './dom.ts';
import { type Field, packetEnds, type ReadFrame, readFrame } from './frame-fields.ts';
import { openPanel } from './inspector.ts';
import { markFrame, scrollToMark } from './ladder.ts';
import { duration, t } from './language.ts';
import { type Captured, captureFile, type Packet, packetsOf } from './packets.ts';

/** Bytes of a line; on a phone half as many. */
const LINE_BYTES = 16;
const NARROW = 640;

/** A button that saves the packets from the page itself; `null` where the page holds none. */
export function saveButton(of: Captured): HTMLElement | null {
  if (of.place === null) return null;
  const save = async (): Promise<void> => {
    try {
      const file = await captureFile(of);
      if (file === null) return;
      const href = URL.createObjectURL(file);
      h('a', { href, download: of.savedName }).click();
      // The browser has taken the file over when the click returns, but not every one has read it.
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
      announce(t('proof.saved', { name: of.savedName }));
    } catch {
      announce(t('proof.cannot-unpack'));
      button.after(h('span', { class: 'note' }, ` ${t('proof.cannot-unpack')}`));
    }
  };
  const button = h(
    'button',
    { type: 'button', class: 'save', title: t(of.frames === null ? 'proof.save-note' : 'proof.save-note-connection'), onclick: save },
    t('proof.save'),
  );
  return button;
}

/** Which frame was asked for last: another that is unpacked later does not replace it. */
let asked = '';

/** Opens the panel with a frame of what the view that is drawn shows, and marks it in the ladder. @param closed when the reader closes the panel */
export async function openFrame(of: Captured, frame: number, closed: () => void): Promise<void> {
  asked = `${of.address}/${frame}`;
  let packets: readonly Packet[] | null = null;
  let lack: 'proof.no-packets' | 'proof.cannot-unpack' | 'proof.no-frame' | 'proof.not-held' = 'proof.no-packets';
  try {
    packets = await packetsOf(of);
  } catch {
    lack = 'proof.cannot-unpack';
  }
  if (asked !== `${of.address}/${frame}`) return;
  const packet = packets?.find((one) => one.frame === frame);
  if (packets && !packet) lack = of.frames === null ? 'proof.no-frame' : 'proof.not-held';
  const read = packets && packet ? readFrame(packets, packet) : null;
  const title = h('h2', { id: 'inspector-title', tabindex: '-1' }, t('ui.frames', { n: 1, list: frame }), read ? summary(read) : '');
  openPanel(
    title,
    read && packets
      ? [ways(of, frame, packets, read), commands(of, frame), cutNote(read), body(read)]
      : [h('p', { class: 'note' }, t(lack)), commands(of, frame)],
    closed,
  );
  // After the panel is there, so that it does not cover the arrow.
  showInLadder(of.ladders, frame, read);
  title.focus({ preventScroll: true });
}

function summary({ packet, from, to, flags, payloadLength }: ReadFrame): string {
  const parts = [from === '' ? '' : `${from} → ${to}`, flags, payloadLength > 0 ? t('proof.payload', { n: payloadLength }) : ''];
  return ` · ${[...parts, duration(packet.atUs)].filter((part) => part !== '').join(' · ')}`;
}

/** To the frames before and after it, in the capture and in its connection. */
function ways(of: Captured, frame: number, packets: readonly Packet[], read: ReadFrame): HTMLElement {
  const to = (target: number | undefined, text: string): Child =>
    target !== undefined ? h('a', { href: `#${of.address}/${target}`, class: 'frame-link' }, text) : null;
  const same = (packet: Packet): boolean => {
    const [from, other] = packetEnds(packet);
    return (from === read.from && other === read.to) || (from === read.to && other === read.from);
  };
  const before = read.from === '' ? undefined : packets.findLast((one) => one.frame < frame && same(one))?.frame;
  const after = read.from === '' ? undefined : packets.find((one) => one.frame > frame && same(one))?.frame;
  return h(
    'p',
    { class: 'frame-ways' },
    to(before, `‹ ${t('proof.before', { frame: before ?? 0 })}`),
    ' ',
    to(after, `${t('proof.after', { frame: after ?? 0 })} ›`),
  );
}

function cutNote({ packet, payload, payloadLength }: ReadFrame): HTMLElement | null {
  const { originalLength, bytes } = packet;
  if (bytes.length >= originalLength) return null;
  return h(
    'p',
    { class: 'note' },
    t('proof.cut', { kept: payload[1] - payload[0], all: payloadLength, rest: originalLength - bytes.length }),
  );
}

/** Fields beside bytes: the field that is pointed at or focused has its bytes marked. */
function body({ packet, fields, payload }: ReadFrame): HTMLElement {
  const bytes = h('div', { class: 'hex', tabindex: '0', role: 'group', 'aria-label': t('proof.bytes') });
  const mark = (field: Field | null): void => bytes.replaceChildren(hexDump(packet.bytes, field?.start ?? 0, field?.end ?? 0));
  mark(null);
  const [start, end] = payload;
  const text = end > start ? new TextDecoder('latin1').decode(packet.bytes.subarray(start, end)) : '';
  const isText = text !== '' && /^[\t\r\n\x20-\x7e]/.test(text);
  const rows = fields.map((field) =>
    h(
      'tr',
      field.end > field.start
        ? {
            tabindex: '0',
            onmouseenter: () => mark(field),
            onfocus: () => mark(field),
            onmouseleave: () => mark(null),
            onblur: () => mark(null),
          }
        : {},
      h('th', { scope: 'row' }, h('code', {}, field.name)),
      h('td', {}, field.value),
    ),
  );
  return h(
    'div',
    { class: 'frame-body' },
    h('table', { class: 'fields' }, h('caption', { class: 'visually-hidden' }, t('proof.fields')), h('tbody', {}, rows)),
    h(
      'div',
      { class: 'frame-bytes' },
      isText ? h('pre', { class: 'payload', 'aria-label': t('proof.text') }, shownText(text)) : null,
      bytes,
    ),
  );
}

/** What is no printable character is a dot, but for the ends of lines. */
const shownText = (text: string): string => text.replace(/\r\n/g, '\n').replace(/[^\n\t\x20-\x7e]/g, '·');

/** Offset, bytes and characters, as `xxd` and Wireshark show them; the bytes from `start` to `end` are marked. */
function hexDump(bytes: Uint8Array, start: number, end: number): HTMLElement {
  const width = innerWidth < NARROW ? LINE_BYTES / 2 : LINE_BYTES;
  const lines = Array.from({ length: Math.ceil(bytes.length / width) }, (_, line) => {
    const from = line * width;
    const own = [...bytes.subarray(from, from + width)];
    const isMarked = (place: number): boolean => from + place >= start && from + place < end;
    const hex = own.map((byte) => byte.toString(16).padStart(2, '0'));
    const characters = own.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'));
    const filler = '   '.repeat(width - own.length);
    return [
      `${from.toString(16).padStart(4, '0')}  `,
      ...marked(hex, isMarked, ' '),
      `${filler}  `,
      ...marked(characters, isMarked, ''),
      '\n',
    ];
  });
  return h('pre', {}, lines.flat());
}

/** Texts one after the other; those that are marked together within one element. */
function marked(texts: readonly string[], isMarked: (place: number) => boolean, gap: string): Child[] {
  const parts: Child[] = [];
  for (let place = 0; place < texts.length; ) {
    const is = isMarked(place);
    let next = place;
    while (next < texts.length && isMarked(next) === is) next++;
    const joined = texts.slice(place, next).join(gap);
    parts.push(is ? h('mark', {}, joined) : joined, next < texts.length ? gap : '');
    place = next;
  }
  return parts;
}

/** What to type to see the same in Wireshark, and the file for it. */
function commands(of: Captured, frame: number): HTMLElement {
  const command = `wireshark -r ${of.capture ?? of.savedName} -g ${frame}`;
  const filter = `frame.number == ${frame}`;
  return h(
    'p',
    { class: 'frame-commands' },
    saveButton(of),
    ' ',
    textWithCopy(command, t('proof.copy-command', { command })),
    ' ',
    textWithCopy(filter, t('ui.copy-filter', { filter })),
  );
}

/** Marks the frame in the ladder of its connection, if that is drawn. */
function showInLadder(ladders: readonly PackedLadder[], frame: number, read: ReadFrame | null): void {
  const holds = ([, client, , , , , [first, last]]: PackedLadder): boolean =>
    frame >= first && frame <= last && (read === null || client === read.from || client === read.to);
  const figure = document.getElementById(`connection-${ladders.find(holds)?.[0]}`);
  for (const other of document.querySelectorAll('.arrow.sought')) other.classList.remove('sought');
  if (!figure) return;
  markFrame(figure, frame);
  scrollToMark(figure);
}
