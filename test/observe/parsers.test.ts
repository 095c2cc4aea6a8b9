import { describe, expect, it } from 'vitest';
import { parsers as questions } from '../../clients/probe/questions/parsers.ts';
import { findingsOf } from '../../harness/findings/findings-of.ts';
import type { LookedAt } from '../../harness/findings/looked-at.ts';
import { parsers, readingOf } from '../../harness/observe/parsers.ts';
import { answer, ask, inTurn, talk } from '../findings/talk.ts';

const page = answer();
const last = answer('Connection: close\r\n');
const refused = answer('Connection: close\r\n', { status: '400 Bad Request' });
const notAllowed = answer('Allow: GET\r\n', { status: '405 Method Not Allowed' });
const post = (headers: string) => `${ask(headers, '/', 'POST')}0\r\n\r\n`;
const plain = post('Content-Length: 5\r\n');
const both = post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n');

/** A plain body and then an odd one, each with a second request behind it, with these responses. */
async function asked(
  id: string,
  request: string,
  responses: readonly string[],
  toPlain: readonly string[] = [notAllowed, last],
): Promise<LookedAt> {
  const conversation = (text: string, said: readonly string[]) => (given: Parameters<typeof talk>[2]) =>
    talk(
      [[`${text}${ask('Connection: close\r\n')}`, null]],
      (one) => {
        for (const response of said) one.data('server', response);
        one.close('server');
      },
      given,
    );
  const on = await inTurn(conversation(plain, toPlain), conversation(request, responses));
  const ids = ['parsers.length', `parsers.${id}`];
  for (const exchange of on.exchanges) exchange.step = ids[exchange.stream]!;
  return {
    ...on,
    steps: on.connections.map(({ firstFrame, startNs, stream }) => ({ id: ids[stream]!, frame: firstFrame, timeNs: startNs })),
  };
}

const readingIn = async (...given: Parameters<typeof asked>) => readingOf(await asked(...given), `parsers.${given[0]}`)?.how;

describe('how a request is read', () => {
  it('is observed for every question', () => {
    expect(parsers.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
  });

  it.each<[string, string[]]>([
    ['Content-Length', [notAllowed, last]],
    ['Transfer-Encoding', [notAllowed, page, last]],
    ['refused', [refused]],
    ['refused, reads on', [answer('', { status: '400 Bad Request' }), last]],
    ['closes', [last]],
    ['rest refused', [notAllowed, refused]],
    ['closes without an answer', []],
    // The other request asked for the close.
    ['unclear', [notAllowed, page]],
  ])('is "%s"', async (how, responses) => {
    expect(await readingIn('length-beyond-chunks', both, responses)).toBe(how);
  });

  it('takes no status for a refusal that a plain body gets too', async () => {
    const no = answer('', { status: '400 Bad Request' });
    expect(await readingIn('length-beyond-chunks', both, [no, last], [no, last])).toBe('Content-Length');
  });

  it('has no value where the question was not asked', async () => {
    expect(readingOf(await asked('nul', both, [refused]), 'parsers.folded')).toBeNull();
  });
});

describe('findings about parsers', () => {
  const found = async (...given: Parameters<typeof asked>) =>
    findingsOf(await asked(...given), { server: 'yours', cell: null }).map(({ id }) => id);

  it('are none where plain bodies are not read, which is a finding of its own', async () => {
    const ids = await found('length-beyond-chunks', both, [notAllowed, last], [notAllowed, page, last]);
    expect(ids).toContain('body.becomes-request');
    expect(ids.filter((id) => id.startsWith('smuggling.'))).toEqual([]);
  });

  it('are none where each request is refused and the connection closed', async () => {
    for (const id of questions
      .map((question) => question.id.replace('parsers.', ''))
      .filter((id) => id !== 'length' && id !== 'empty-line'))
      expect((await found(id, both, [refused])).filter((finding) => finding.startsWith('smuggling.'))).toEqual([]);
  });

  it('say once of a connection what was read', async () => {
    expect(await found('length-beyond-chunks', both, [notAllowed, last])).not.toContain('smuggling.length-with-transfer-encoding');
    expect(await found('length-beyond-chunks', both, [notAllowed, page, last])).toContain('smuggling.length-with-transfer-encoding');
  });
});
