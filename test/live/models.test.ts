import { beforeAll, describe, expect, test } from 'vitest';
import { type Isolation, isolation } from '../../harness/capture/namespace.ts';
import { servers } from '../../servers/index.ts';
import { questions } from '../servers/questions.ts';
import { runInNamespace } from './in-namespace.ts';
import type { Answer } from './server-lane.ts';

const LANE = 'test/live/server-lane.ts';

let how: Isolation;
beforeAll(async () => {
  how = await isolation();
});

/** What differs from one start of the same server to the next. */
function normalise({ id, bytes, end }: Answer): { id: string; bytes: string; end: string } {
  const text = bytes
    .replace(/^Date: .*$/gm, 'Date: …')
    .replace(/boundary=[0-9a-f]{16}\b/g, 'boundary=…')
    .replace(/--[0-9a-f]{16}\b/g, '--…')
    .replace(/^Allow: (.*)\r$/gm, (_, methods: string) => `Allow: ${methods.split(/, ?/).sort().join()}\r`);
  return { id, bytes: text, end };
}

/** The pages of Django's debug mode are Django's text: the model's are as long, in other words. */
const withoutPages = (answer: ReturnType<typeof normalise>): ReturnType<typeof normalise> => ({
  ...answer,
  bytes: answer.bytes.replace(/(HTTP\/1\.1 4[\s\S]*?\r\n\r\n)[\s\S]*?(?=HTTP\/1\.1 |$)/g, '$1…'),
});

const models = servers.filter(({ modelOf }) => modelOf !== undefined);

describe('models answer as the real servers do', () => {
  test.for(models.map((model) => ({ id: model.id, model })))('$id', { timeout: 180_000 }, async ({ id, model }, context) => {
    const real = servers.find((server) => server.id === model.modelOf)!;
    const [there, here] = await Promise.all([real.version(), model.version()]);
    if ('skipped' in there) return context.skip(there.skipped.reason);
    // What another version answers is the business of `fidelity`.
    if ('skipped' in here || there.version !== here.version) return context.skip(`the model is not of version ${there.version}`);
    const [theirs, ours] = await runInNamespace<[Answer[], Answer[]]>(how, LANE, ['ask', real.id, id]);
    const view = (answer: Answer) => (id === 'django-model' ? withoutPages(normalise(answer)) : normalise(answer));
    for (const [i, answer] of theirs.entries()) expect(view(ours[i]!), answer.id).toEqual(view(answer));
    expect(ours.map((answer) => answer.id)).toEqual(questions.map((question) => question.id));
    expect(ours.filter(({ bytes }) => bytes !== '').length).toBeGreaterThan(questions.length / 2);
  });
});
