import { createHash } from 'node:crypto';
import net from 'node:net';
import type { Question } from './questions.ts';

const HOST = '127.0.0.1';
/** Longer than any server here takes to answer, shorter than its idle time-out. */
const ANSWER_MS = 4_000;
/** Longer content is recorded by its length and digest. */
const CONTENT_KEPT = 200;

/** What a server did with the bytes of a question: everything it sent, and how the connection ended. */
export interface Answer {
  id: string;
  /** Latin-1. */
  bytes: string;
  end: 'FIN' | 'RST' | 'open';
}

/** Sends the question and after it a last request with `Connection: close`, which is answered only where the connection was kept. */
export function ask(port: number, { id, bytes }: Question): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = net.connect(port, HOST).setNoDelay(true);
    let received = '';
    const finish = (end: Answer['end']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ id, bytes: received, end });
    };
    const timer = setTimeout(() => finish('open'), ANSWER_MS);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
    });
    socket.on('end', () => finish('FIN'));
    socket.on('error', () => finish('RST'));
    socket.write(Buffer.from(`${bytes}GET /cards.js HTTP/1.1\r\nHost: ${HOST}:8080\r\nConnection: close\r\n\r\n`, 'latin1'));
  });
}

/** A response without the parts that differ from one start of the same server to the next: times, boundaries, the folder of the site. */
export interface View {
  id: string;
  end: string;
  heads: string[];
  content: string;
}

const mask = (head: string): string =>
  head
    .replace(/^Date: .*$/gm, 'Date: …')
    .replace(/boundary=[0-9a-f]{16}\b/g, 'boundary=…')
    .replace(/^(ETag: "\d+\.0-\d+-)\d+"/gm, '$1…"')
    .replace(/^Allow: (.*)$/gm, (_, methods: string) => `Allow: ${methods.split(/, ?/).sort().join()}`);

/**
 * `ownPages`: the model's error pages have other words, and their length depends on the name of the site's folder; such pages and their
 * lengths are left out (Django in its debug mode).
 */
export function viewOf({ id, bytes, end }: Answer, { ownPages = false } = {}): View {
  const heads: string[] = [];
  const rest = bytes
    .replace(/HTTP\/1\.[01] \d{3} [\s\S]*?\r\n\r\n/g, (head) => {
      const own = ownPages && / [45]\d\d /.test(head.slice(0, 13));
      const masked = mask(head.replaceAll('\r\n', '\n')).trimEnd();
      heads.push(own ? masked.replace(/^Content-Length: \d+$/m, 'Content-Length: …') : masked);
      return own ? '\u0001' : '\u0002';
    })
    .replace(/\u0001[^\u0001\u0002]*/g, '')
    .replaceAll('\u0002', '')
    .replace(/--[0-9a-f]{16}\b/g, '--…');
  const content =
    rest.length <= CONTENT_KEPT && /^[\x09\x0a\x0d\x20-\x7e…]*$/.test(rest)
      ? rest
      : `${rest.length} bytes, sha256 ${createHash('sha256').update(rest, 'latin1').digest('hex')}`;
  return { id, end, heads, content };
}
