import { describe, expect, it } from 'vitest';
import { scenarios } from '../../clients/scenarios/index.ts';
import { declaredReason, modelExceptions } from '../../harness/compare/model-exceptions.ts';
import { observations } from '../../harness/observe/index.ts';
import { servers } from '../../servers/index.ts';

const cell = { model: 'nginx-model', client: 'chromium', scenario: 'first-visit' };

describe('the declared differences of models', () => {
  it('name observations that exist, in models that exist', () => {
    for (const { observations: patterns } of modelExceptions) {
      for (const pattern of patterns) {
        const start = pattern.replace(/\*$/, '');
        expect(
          observations.some(({ id }) => (pattern.endsWith('*') ? id.startsWith(start) : id === start)),
          pattern,
        ).toBe(true);
      }
    }
    const models = servers.flatMap(({ id, modelOf }) => (modelOf ? [id] : []));
    for (const { in: applies, reason } of modelExceptions) {
      expect(
        models.some((model) => scenarios.some(({ id }) => applies({ ...cell, model, scenario: id }))),
        reason,
      ).toBe(true);
    }
  });

  it('hold where the client times things, and nowhere else', () => {
    expect(declaredReason(cell, 'connections.opened')).toContain('race');
    expect(declaredReason({ ...cell, client: 'probe', scenario: 'range' }, 'connections.opened')).toBeNull();
    expect(declaredReason(cell, 'cache.etag')).toBeNull();
    expect(declaredReason(cell, 'close.first')).toBeNull();
    expect(declaredReason(cell, 'framing.head-segments')).toBeNull();
    expect(declaredReason({ ...cell, model: 'django-model' }, 'framing.head-segments')).toContain('Nagle');
    expect(declaredReason({ ...cell, scenario: 'media-seek' }, 'http.version')).toBeNull();
  });

  it('never hide an answer to a direct question', () => {
    const questions = observations.filter(({ id }) => /^(idle|conditional|range|methods|versions|coding|pipelining|keepalive)\./.test(id));
    for (const { id } of questions) {
      for (const scenario of ['conditional', 'range', 'max-requests', 'idle-used']) {
        expect(declaredReason({ model: 'django-model', client: 'probe', scenario }, id), `${id} in ${scenario}`).toBeNull();
      }
    }
  });
});
