import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../clients/scenario-traffic.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { whyShowsNothing } from '../../harness/results/shows-nothing.ts';
import { evidence } from '../observe/evidence-builder.ts';

const traffic = (id: string) => trafficOf(scenarios.find((scenario) => scenario.id === id)!);

describe('trafficOf', () => {
  it('reads from the steps of a scenario what its client sends', () => {
    expect(traffic('first-visit')).toEqual({ sends: true, awaitsAnswers: true, pages: ['/'] });
    expect(traffic('link-revisit')).toEqual({ sends: true, awaitsAnswers: true, pages: ['/', '/cards.html'] });
    expect(traffic('range')).toEqual({ sends: true, awaitsAnswers: true, pages: [] });
    expect(traffic('idle-partial-head')).toEqual({ sends: true, awaitsAnswers: false, pages: [] });
    expect(traffic('idle-unused')).toEqual({ sends: false, awaitsAnswers: false, pages: [] });
  });

  it('finds that every scenario but one sends something', () => {
    expect(scenarios.filter((scenario) => !trafficOf(scenario).sends).map(({ id }) => id)).toEqual(['idle-unused']);
  });
});

describe('whyShowsNothing', () => {
  const cell = (server: string, scenario: string) => ({ server, client: 'chromium', scenario });
  const missing = evidence({ connections: [{ syn: 1, requests: [{ frame: 10, response: { status: 404 } }] }] });
  const silent = evidence({ connections: [{ syn: 1 }] });

  it("expects the site of a server of the registry, and of the user's own that something is sent", () => {
    expect(whyShowsNothing(cell('express', 'first-visit'), missing)).toBe('the page / is not served: the server answered 404');
    expect(whyShowsNothing(cell('yours', 'first-visit'), missing)).toBeNull();
    expect(whyShowsNothing(cell('yours', 'first-visit'), silent)).toBe('the client sent no request on its connection');
  });

  it('expects of a scenario what its steps say, and nothing of one that it does not know', () => {
    expect(whyShowsNothing(cell('express', 'idle-unused'), silent)).toBeNull();
    expect(whyShowsNothing(cell('express', 'of another version'), silent)).toBeNull();
  });
});
