import { describe, expect, it } from 'vitest';
import { bodies } from '../../harness/observe/bodies.ts';
import { answer, ask, looked, stepped, talk } from '../findings/talk.ts';
import type { Conversation } from '../packets/conversation.ts';

const post = (length = 5, headers = '') => ask(`${headers}Content-Length: ${length}\r\n`, '/', 'POST');
const notAllowed = answer('Allow: GET\r\n', { status: '405 Method Not Allowed' });
const last = answer('Connection: close\r\n');
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** The value of an observation of what was said on one connection. */
async function observed(id: string, say: (conversation: Conversation) => unknown) {
  const on = await stepped(`bodies.${id}`, looked(talk([], say).packets));
  return bodies.find((observation) => observation.id === `bodies.${id}`)?.observe(on)?.value;
}

describe('what becomes of a body', () => {
  const after = (say: (conversation: Conversation) => unknown) =>
    observed('length', (conversation) => say(conversation.data('client', `${post()}hello`)));

  it.each<[string | null, (conversation: Conversation) => unknown]>([
    ['read', (one) => one.data('server', notAllowed).data('client', ask()).data('server', last)],
    ['closes', (one) => one.data('server', last).close('server')],
    ['answered as a request', (one) => one.data('server', notAllowed).data('server', answer()).data('client', ask()).data('server', last)],
    [
      'next refused',
      (one) =>
        one
          .data('server', notAllowed)
          .data('client', ask())
          .data('server', answer('', { status: '400 Bad Request' })),
    ],
    ['next not answered', (one) => one.data('server', notAllowed).data('client', ask()).wait(1_000).close('client')],
    [null, (one) => one.wait(1_000).close('client')],
  ])('is "%s"', async (expected, say) => {
    expect(await after(say)).toBe(expected);
  });
});

it('a large upload is reset where no time is between FIN and RST, and closed where the server reads on', async () => {
  const large = (ms: number) =>
    observed('large', (one) =>
      one
        .data('client', `${post(9)}hello`)
        .data('server', last)
        .fin('server')
        .wait(ms)
        .rst('server'),
    );
  expect(await large(1)).toBe('reset');
  expect(await large(500)).toBe('closes');
  expect(await observed('large', (one) => one.data('client', `${post()}hello`).data('server', last).close('server'))).toBe('read');
});

it('an answer is early where it begins before the second half of the body', async () => {
  const early = async (isEarly: boolean) => {
    const { packets } = talk([], (one) => {
      one.data('client', `${post()}hel`);
      if (isEarly) one.data('server', notAllowed).data('client', 'lo');
      else one.data('client', 'lo').data('server', notAllowed);
    });
    const on = await stepped('bodies.slow', looked(packets));
    return bodies.find(({ id }) => id === 'bodies.early')?.observe(on)?.value;
  };
  expect(await early(true)).toBe('early');
  expect(await early(false)).toBe('after the body');
});

describe('Expect: 100-continue', () => {
  const head = post(5, 'Expect: 100-continue\r\n');

  it.each<[string, (conversation: Conversation) => unknown]>([
    ['100', (one) => one.data('server', CONTINUE).data('client', 'hello').data('server', answer())],
    ['413', (one) => one.data('server', answer('', { status: '413 Content Too Large' })).close('client')],
    ['nothing', (one) => one.wait(1_000).data('client', 'hello').data('server', answer())],
    // It came with the body, not before it.
    ['nothing', (one) => one.wait(1_000).data('client', 'hello').data('server', `${CONTINUE}${answer()}`)],
  ])('gets "%s"', async (expected, say) => {
    expect(await observed('expect', (one) => say(one.data('client', head)))).toBe(expected);
  });

  it.each<[string, (conversation: Conversation) => unknown]>([
    ['413, closes', (one) => one.close('server')],
    ['413, next answered', (one) => one.data('client', ask()).data('server', last)],
    ['413, next not answered', (one) => one.data('client', ask()).wait(1_000).close('client')],
  ])('that is refused leaves "%s"', async (expected, say) => {
    const no = answer('', { status: '413 Content Too Large' });
    expect(await observed('expect-too-large', (one) => say(one.data('client', head).data('server', no)))).toBe(expected);
  });

  it('is ignored in HTTP/1.0, or not', async () => {
    const old = `${head.replace('HTTP/1.1', 'HTTP/1.0')}hello`;
    expect(await observed('expect-http10', (one) => one.data('client', old).data('server', answer()))).toBe('final');
    expect(await observed('expect-http10', (one) => one.data('client', old).data('server', `${CONTINUE}${answer()}`))).toBe('100');
  });
});

it('a large response is whole, or cut', async () => {
  const response = answer('', { length: 9 });
  expect(await observed('close', (one) => one.data('client', ask()).data('server', response).rst('server'))).toBe('cut by RST');
  expect(await observed('close', (one) => one.data('client', ask()).data('server', response).close('server'))).toBe('cut by FIN');
  expect(await observed('close', (one) => one.data('client', ask()).data('server', answer()).close('server'))).toBe('whole');
});
