import { beforeAll, describe, expect, test } from 'vitest';
import { type Isolation, isolation } from '../../harness/lab/namespace.ts';
import { servers } from '../../servers/index.ts';
import { expectGolden } from '../golden.ts';
import { type Answer, viewOf } from '../servers/ask.ts';
import { questions } from '../servers/questions.ts';
import { runInNamespace } from './in-namespace.ts';

const LANE = 'test/live/server-lane.ts';

let how: Isolation;
beforeAll(async () => {
  how = await isolation();
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
    const view = (answer: Answer) => viewOf(answer, { ownPages: id === 'django-model' });
    for (const [i, answer] of theirs.entries()) expect(view(ours[i]!), answer.id).toEqual(view(answer));
    // What the real one says is kept for machines that have none.
    expectGolden(`servers/${real.id}.json`, `${JSON.stringify(theirs.map(view), null, 1)}\n`);
    expect(ours.map((answer) => answer.id)).toEqual(questions.map((question) => question.id));
    expect(ours.filter(({ bytes }) => bytes !== '').length).toBeGreaterThan(questions.length / 2);
  });
});
