import { expect, it } from 'vitest';
import { ownUpstreamSide } from '../../harness/race/own-proxy.ts';
import { planRace } from '../../harness/race/plan-race.ts';

it.each([
  [{ upstreams: 'nginx' }, /there is no upstream "nginx"; there are: nginx-proxy/],
  [{ servers: 'nothing' }, /there is no server "nothing"/],
  [{ command: 'node server.js' }, /--command and --port go together/],
  [{ port: 3000 }, /--command and --port go together/],
])('refuses %j', (asked, message) => expect(planRace({ capture: 'auto', ...asked })).rejects.toThrow(message));

it('names a proxy of the user among those that there are', () =>
  expect(planRace({ capture: 'auto', ownUpstreams: [{ id: 'mine', command: 'node proxy.js' }], upstreams: 'yours' })).rejects.toThrow(
    /there is no upstream "yours"; there are: .*, mine /,
  ));

it('starts it by its command', async () => {
  const command = { file: '/bin/sh', args: ['-c', 'node proxy.js'], cwd: '/' };
  const side = ownUpstreamSide('mine', { kind: 'library', summary: 's', process: { title: 't', command } });
  expect(side).toMatchObject({ id: 'mine', title: 't', summary: 's', kind: 'library', variantOf: null });
  expect(await side.start({ host: '127.0.0.1', port: 1, work: '/', upstream: { host: '127.0.0.2', port: 2 } })).toEqual(command);
});
