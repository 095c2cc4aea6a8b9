import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { questions } from '../../clients/probe/questions/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { profiles } from '../../harness/api/define.ts';
import { checkConfig } from '../../harness/config/config.ts';
import { loadConfig, readsTypeScript } from '../../harness/config/load.ts';
import { configText, lookAtProject } from '../../harness/config/look-at-project.ts';
import { settingsOf } from '../../harness/config/settings.ts';
import { RULES } from '../../harness/findings/rules/index.ts';
import { observations } from '../../harness/observe/index.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-config-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
async function put(name: string, content: string | object): Promise<void> {
  await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
  await writeFile(path.join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
}

function mistakesIn(value: unknown): string[] {
  try {
    checkConfig(value, 'x.config.js');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

describe('checkConfig', () => {
  it('takes a whole configuration', () => {
    const own = {
      id: 'own.rule',
      severity: 'risk',
      level: null,
      spec: null,
      look: () => [],
      words: { title: 't', seen: () => 's', consequence: 'c', remedy: 'r' },
    };
    const config = {
      command: 'node server.js',
      port: 3000,
      methodOk: '/form',
      header: ['Authorization: Bearer x'],
      redact: true,
      samples: 2,
      beside: ['nginx'],
      servers: ['express', { id: 'mine', command: 'node x.js', port: 1 }],
      clients: ['probe'],
      upstreams: ['proxies', 'mine'],
      proxies: [{ id: 'mine', command: 'node proxy.js', kind: 'library' }],
      scenarios: ['range'],
      claims: [
        {
          id: 'own.claim',
          statement: 's',
          cells: [{ server: 'mine', client: 'probe', scenario: 'range' }],
          judge: () => ({ verdict: 'reproduced', because: 'b' }),
        },
      ],
      reporters: ['junit', './mine.js'],
      tolerances: { 'idle.used-s': { kind: 'exact' } },
      failOn: ['risk', 'own.rule', 'race'],
      max: { fault: 0, 'connections.opened': 6 },
      findings: [own],
      ignore: [{ id: 'own.rule', reason: 'known' }],
      quick: true,
    };
    expect(mistakesIn(config)).toEqual([]);
  });

  it('lists ten mistakes with their places and what was expected', () => {
    const mistakes = mistakesIn({
      command: '',
      port: 70_000,
      url: 'https://127.0.0.1/',
      servers: ['expres', { id: 'mine', command: 'node x.js' }],
      reporters: ['junitt'],
      tolerances: { 'idle.used': { kind: 'exact' }, 'idle.used-s': { kind: 'relative', ratio: '15 %', absolute: 0 } },
      failOn: 'faults',
      ignore: [{ id: 'cache.validators-none' }],
      quick: 'yes',
      failon: 'risk',
    });
    const places = mistakes.map((line) => /^ {2}- ([^:]+): \S/.exec(line)?.[1]);
    expect(places.sort()).toEqual(
      [
        'command',
        'port',
        'url',
        'servers[0]',
        'servers[1].port',
        'reporters[0]',
        'tolerances.idle.used',
        'tolerances.idle.used-s.ratio',
        'failOn',
        'ignore[0].id',
        'ignore[0].reason',
        'quick',
        'failon',
      ].sort(),
    );
    const said = mistakes.join('\n');
    expect(said).toMatch(/servers\[0\]: there is no "expres"; did you mean express\?/);
    expect(said).toMatch(/servers\[1\]\.port: expected (?:int|number).*missing/);
    expect(said).toMatch(/failon: there is no such setting/);
    expect(said).toMatch(/tolerances\.idle\.used-s\.ratio: expected number, received string/);
    expect(said).toMatch(/port: expected a port from 1 to 65535/);
    expect(said).toMatch(/quick: expected boolean, received string$/m);
    expect(said).not.toMatch(/undefined|Invalid/);
  });

  it('lists ten mistakes in definitions, and what was expected', () => {
    const mistakes = mistakesIn({
      proxies: [
        { id: 'Mine', command: 'node proxy.js' },
        { id: 'other', kind: 'balancer', command: 7 },
      ],
      upstreams: ['nginx'],
      claims: [
        { id: 'a', statement: 's', cells: [], judge: 'yes' },
        { id: 'b', cells: [{ server: 'express', client: 'probe' }], judge: () => null },
      ],
      scenarios: [{ id: 'x', title: 't', for: 'browser', steps: [{ id: 'y', actions: [] }] }],
      findings: [{ id: 'f', severity: 'bad', look: () => [], words: {} }],
      max: { faults: 1, fault: -1 },
      window: 0,
      header: ['Bearer x'],
      samples: 0,
      beside: ['mine'],
    });
    expect(mistakes.filter((line) => line.includes('beside'))).toEqual([
      expect.stringContaining('beside[0]: there is no "mine"; there are: '),
    ]);
    const rest = mistakes.filter((line) => !line.includes('beside'));
    expect(rest.map((line) => line.slice('  - '.length)).sort()).toEqual(
      [
        'proxies[0].id: expected an id of small letters, digits, dots and hyphens',
        'proxies[1].kind: expected "proxy" or "library"',
        'proxies[1].command: expected string, received number',
        'upstreams[0]: there is no "nginx"; there are: nginx-proxy, nginx-proxy-keepalive',
        'claims[0].cells: expected at least one cell',
        'claims[0].judge: expected a function',
        'claims[1].statement: expected string, and it is missing',
        'claims[1].cells[0].scenario: expected string, and it is missing',
        "scenarios[0]: the id of its last step must be the scenario's",
        'findings[0].severity: expected "fault" or "risk" or "advice" or "note"',
        'findings[0].words.title: expected string, and it is missing',
        'findings[0].words.seen: expected a function',
        'findings[0].words.consequence: expected string, and it is missing',
        'findings[0].words.remedy: expected string, and it is missing',
        'max.faults: expected a severity, or the id of a finding or an observation',
        'max.fault: expected a number of at least 0',
        'window: expected seconds above 0, up to 3600',
        "header[0]: expected a field line, as in 'Authorization: Bearer x'",
        'samples: expected a whole number from 1 to 20',
      ].sort(),
    );
  });

  it('says of mistakes of other kinds what was expected', () => {
    const read = { observe: () => null, title: 't', definition: 'd' };
    const mistakes = mistakesIn({
      servrs: ['express'],
      servers: ['node-http@18..20', 'node', 'nginx-proxy>express', ['express'], { id: 'mine', comand: 'x', port: 2.5 }],
      command: 'node server.js',
      url: 'http://127.0.0.1:3000/',
      observations: [{ ...read, id: 'mine.a', unit: 'seconds' }, { ...read, id: 'mine.b', observe: 'x' }, undefined],
      questions: [{ id: 'q', title: 't', spec: null, send: ['GET / HTTP/1.1'] }],
      scenarios: [
        {
          id: 's',
          title: 't',
          for: 'probe',
          steps: [
            { id: 's', actions: [{ do: 'ask', question: 'nope' }, { do: 'dance' }, { do: 'seek', to: 2 }, { do: 'watch', hole: true }] },
          ],
        },
      ],
      claims: [{ id: 'c', statement: 's', cells: [{ server: 'real', client: 'yours', scenario: 'rnge' }], judge: () => null }],
      profiles: [{ id: 'p', title: 't', version: '1', connections: { perHost: 6 } }],
      findings: [{ id: 'f', severity: 'risk', look: () => [], title: 't' }],
      tolerances: { 'idle.used-s': { kind: 'relativ' }, 'close.idle-ms': { kind: 'relative', ratio: -1, absolute: Number.NaN } },
      ignore: ['cache.no-lifetime', { id: 'cache.no-lifetime', server: 'all', reason: 'x' }],
      reporters: 'junit',
      only: ['rang'],
      header: ['A: b\r\nC: d'],
      rate: 0,
      repeat: 1.5,
      language: 'de',
      baseline: null,
    });
    const expected = [
      /^servrs: there is no such setting; did you mean servers\?$/,
      /^servers\[3\]: expected string or object, received array$/,
      /^servers\[4\]\.command: expected string, and it is missing$/,
      /^servers\[4\]\.comand: there is no such setting; did you mean command\?$/,
      /^servers\[4\]\.port: expected a whole number$/,
      /^url: there is a command too; expected one of them/,
      /^observations\[0\]\.unit: expected "s" or "ms" or "bytes" or "count"$/,
      /^observations\[1\]\.observe: expected a function$/,
      /^observations\[2\]: expected an object, and it is missing$/,
      /^questions\[0\]\.send\[0\]: expected an object, received string$/,
      /^scenarios\[0\]\.steps\[0\]\.actions\[0\]\.question: there is no "nope"; there are: /,
      /^scenarios\[0\]\.steps\[0\]\.actions\[1\]\.do: expected an action: navigate, /,
      /^scenarios\[0\]\.steps\[0\]\.actions\[2\]\.to: expected 0 to 1$/,
      /^scenarios\[0\]\.steps\[0\]\.actions\[3\]\.hole: there is no such setting$/,
      /^claims\[0\]\.cells\[0\]\.server: there is no "real"; there are: /,
      /^claims\[0\]\.cells\[0\]\.client: there is no "yours"; there are: chromium/,
      /^claims\[0\]\.cells\[0\]\.scenario: there is no "rnge"; did you mean range\?/,
      /^profiles\[0\]\.connections\.perHost: expected a policy: policy\(value, 'how we know it'\)$/,
      /^profiles\[0\]\.connections\.pick: expected a policy/,
      /^profiles\[0\]\.cache: expected an object, and it is missing$/,
      /^findings\[0\]\.words: expected its words: defineFinding\(\) puts title, seen, consequence and remedy there$/,
      /^tolerances\.idle\.used-s\.kind: expected "exact" or "relative"$/,
      /^tolerances\.close\.idle-ms\.ratio: expected a number of at least 0$/,
      /^tolerances\.close\.idle-ms\.absolute: expected number, received NaN$/,
      /^ignore\[0\]: expected \{ id, reason \}: why it is accepted, too$/,
      /^ignore\[1\]\.server: there is no "all"; there are: /,
      /^reporters: expected a list, received string$/,
      /^only\[0\]: there is no family "rang" of questions/,
      /^header\[0\]: expected a field line/,
      /^rate: expected a number above 0$/,
      /^repeat: expected a whole number$/,
      /^language: expected "en" or "zh"$/,
      /^baseline: expected string, received null$/,
    ];
    const said = mistakes.map((line) => line.slice('  - '.length));
    for (const one of expected)
      expect(
        said.filter((line) => one.test(line)),
        `${one} in ${said.join('\n')}`,
      ).toHaveLength(1);
    // The other policies of a profile are missing, each named; nothing else is said.
    expect(said.filter((line) => !expected.some((one) => one.test(line)) && !/^profiles\[0\]\./.test(line))).toEqual([]);
  });

  it('takes every definition of the registry', () => {
    const own = <T extends { id: string }>(all: readonly T[]) => all.map((one) => ({ ...one, id: `own.${one.id}` }));
    const steps = scenarios.map(({ steps, id, ...rest }) => ({
      ...rest,
      id: `own.${id}`,
      steps: steps.map((step) => (step.id === id ? { ...step, id: `own.${id}` } : step)),
    }));
    expect(
      mistakesIn({ questions: own(questions), scenarios: steps, observations: own(observations), profiles: own(Object.values(profiles)) }),
    ).toEqual([]);
    expect(
      mistakesIn({
        findings: own(RULES).map((rule) => ({ ...rule, words: { title: 't', seen: () => 's', consequence: 'c', remedy: 'r' } })),
      }),
    ).toEqual([]);
  });

  it('refuses a promise', () =>
    expect(() => checkConfig(Promise.resolve({}), 'x.mjs')).toThrow('x.mjs is a promise: expected the configuration'));

  it.each([[null], [[]], ['x'], [3]])('refuses %j', (value) => expect(mistakesIn(value)).toHaveLength(1));

  it('refuses an id that is there twice', () =>
    expect(mistakesIn({ proxies: [1, 2].map((n) => ({ id: 'mine', command: `node ${n}.js` })) })).toEqual([
      '  - proxies[1].id: there is another "mine" before it; give each an id of its own',
    ]));

  it('refuses an id that is taken', () =>
    expect(
      mistakesIn({ servers: [{ id: 'express', command: 'node x.js', port: 1 }], proxies: [{ id: 'nginx-proxy', command: 'x' }] }),
    ).toEqual([expect.stringContaining('servers: the id "express" is taken'), expect.stringContaining('proxies: the id "nginx-proxy"')]));
});

describe('loadConfig', () => {
  it('is empty where there is none, and an error where one was named', async () => {
    expect(await loadConfig(undefined, dir)).toEqual({});
    await expect(loadConfig('none.json', dir)).rejects.toThrow('there is no configuration none.json');
  });

  it('reads JSON and JavaScript', async () => {
    await put('wirematrix.config.json', { port: 1 });
    expect(await loadConfig(undefined, dir)).toEqual({ port: 1 });
    await put('wirematrix.config.mjs', 'export default { port: 2 };');
    expect(await loadConfig(undefined, dir)).toEqual({ port: 2 });
  });

  it.runIf(!readsTypeScript())('says which form to use where Node does not read TypeScript', async () => {
    await put('wirematrix.config.ts', 'export default { port: 1 as number };');
    await expect(loadConfig(undefined, dir)).rejects.toThrow(/TypeScript needs Node\.js 22\.18 or later; use wirematrix\.config\.js/);
  });

  it.each([
    ['broken.json', '{', /broken\.json is not valid JSON: .*line 1 column 2\)?$/],
    ['comma.json', '{\n  "port": 1,\n}', /comma\.json is not valid JSON: .*line 3 column 1\)?; leave out the comma before the }$/],
    ['broken.mjs', 'export default {', /broken\.mjs can't be loaded/],
    ['throws.mjs', '\nnull.x;', /throws\.mjs can't be loaded: TypeError: .* \(\/.*throws\.mjs:2:6\)$/],
    ['lacks.mjs', "import 'not-there';", /lacks\.mjs can't be loaded: Cannot find package 'not-there' imported from/],
    ['none.mjs', 'export const config = {};', /none\.mjs has no default export/],
  ])('refuses %s', async (name, content, message) => {
    await put(name, content);
    await expect(loadConfig(name, dir)).rejects.toThrow(message);
  });
});

describe('settingsOf', () => {
  const config = { command: 'node a.js', port: 1, failOn: 'risk', max: { fault: 1 }, quick: true, servers: ['express'] };
  it('puts what was asked for before the configuration', () => {
    expect(settingsOf(undefined, { failOn: 'fault', quick: undefined }, config).options).toMatchObject({
      command: 'node a.js',
      port: 1,
      failOn: 'fault',
      max: ['fault=1'],
      quick: true,
      servers: 'express',
    });
  });

  it('tells what fails a race from what fails a run by its findings', () => {
    const both = { ...config, failOn: ['risk', 'race', 'lost'] };
    expect(settingsOf(undefined, {}, both)).toMatchObject({ options: { failOn: 'risk' }, raceFailOn: ['race', 'lost'] });
    expect(settingsOf(undefined, {}, { ...config, failOn: 'predicted' })).toMatchObject({
      options: { failOn: undefined },
      raceFailOn: ['predicted'],
    });
    // The call goes before all of it.
    expect(settingsOf(undefined, { failOn: 'fault' }, both)).toMatchObject({ options: { failOn: 'fault' }, raceFailOn: [] });
  });

  it('fills in what definitions may leave out, so that run.json can be read back', () => {
    const observe = () => null;
    const words = { title: 't', seen: () => 's', consequence: 'c', remedy: 'r' };
    const { own } = settingsOf(
      undefined,
      {},
      {
        observations: [{ id: 'o', title: 't', definition: 'd', observe } as never],
        findings: [{ id: 'f', severity: 'risk', look: () => [], words } as never],
      },
    );
    expect(own.observations?.[0]).toMatchObject({ unit: null, spec: null, tolerance: { kind: 'exact' } });
    expect(own.findings?.[0]).toMatchObject({ level: null, spec: null });
  });

  it('sends nothing of the configuration to another server', () => {
    const secret = { ...config, header: ['Authorization: Bearer x'], path: '/a' };
    expect(settingsOf(undefined, {}, secret).options).toMatchObject({ header: ['Authorization: Bearer x'], path: '/a' });
    const { options } = settingsOf('http://127.0.0.1:2/', {}, secret);
    expect([options.header, options.path]).toEqual([undefined, undefined]);
  });

  it('takes no server of the configuration where one was named', () => {
    const { url, options } = settingsOf('http://127.0.0.1:2/', {}, config);
    expect([url, options.command, options.port]).toEqual(['http://127.0.0.1:2/', undefined, undefined]);
  });
});

describe('lookAtProject', () => {
  it.each<[string, Record<string, string | object>, object | null]>([
    [
      'a start script with its port in the source',
      { 'package.json': { scripts: { start: 'node app.js', dev: 'x' } }, 'app.js': 'app.listen(4567)' },
      { command: 'npm start', port: 4567, portFrom: 'app.js' },
    ],
    [
      'a port by environment',
      { 'package.json': { scripts: { dev: 'PORT=4001 node app.js' } } },
      { command: 'npm run dev', port: 4001, portFrom: 'package.json' },
    ],
    [
      'a default in the source',
      { 'server.js': 'const port = process.env.PORT || 8123;' },
      { command: 'node server.js', port: 8123, portFrom: 'server.js' },
    ],
    ['.env', { '.env': 'PORT=5050\n', 'package.json': { scripts: { start: 'node x.js' } } }, { port: 5050, portFrom: '.env' }],
    ['a framework', { 'package.json': { scripts: { preview: 'vite preview' } } }, { port: 4173, portFrom: null }],
    [
      'express-generator',
      {
        'package.json': { scripts: { start: 'node ./bin/www' } },
        'bin/www': "const port = normalizePort(process.env.PORT || '3210');",
      },
      { command: 'npm start', port: 3210, portFrom: './bin/www' },
    ],
    ['Django', { 'manage.py': '' }, { command: 'python3 manage.py runserver --noreload 8000', port: 8000 }],
    [
      'Flask that starts itself',
      { 'requirements.txt': 'flask', 'app.py': 'app = Flask(__name__)\napp.run(port=int(os.environ.get("PORT", 5001)))' },
      { command: 'python3 app.py', port: 5001, portFrom: 'app.py' },
    ],
    ['Flask', { 'app.py': 'app = Flask(__name__)' }, { command: 'flask --app app run --port 5000', port: 5000, portFrom: 'the command' }],
    ['FastAPI', { 'main.py': 'api = FastAPI()' }, { command: 'uvicorn main:api --port 8000', port: 8000 }],
    ['a Python script that is no server', { 'app.py': 'print(1)' }, null],
    [
      'Go',
      { 'go.mod': 'module x', 'main.go': 'log.Fatal(http.ListenAndServe(":8090", nil))' },
      { command: 'go run .', port: 8090, portFrom: 'main.go' },
    ],
    ['Go in a folder', { 'cmd/server/main.go': '' }, { command: 'go run ./cmd/server', port: 8080, portFrom: null }],
    [
      'Procfile',
      { Procfile: 'web: gunicorn app:app -b :$PORT\n' },
      { command: 'export PORT=8000; gunicorn app:app -b :$PORT', port: 8000 },
    ],
    [
      'Spring Boot',
      {
        'pom.xml': '<artifactId>spring-boot-starter</artifactId>',
        mvnw: '',
        'src/main/resources/application.properties': 'server.port=8181\n',
      },
      { command: './mvnw -q spring-boot:run', port: 8181 },
    ],
    ['Rails', { 'bin/rails': '', 'config.ru': '' }, { command: 'bin/rails server -b 127.0.0.1 -p 3000', port: 3000 }],
    ['PHP', { 'index.php': '' }, { command: 'php -S 127.0.0.1:8000', port: 8000 }],
    ['nothing', { 'README.md': '' }, null],
    ['a package.json that is none', { 'package.json': '{' }, null],
  ])('%s', async (_what, files, found) => {
    for (const [name, content] of Object.entries(files)) await put(name, content);
    const server = lookAtProject(dir);
    if (found === null) expect(server).toBeNull();
    else expect(server).toMatchObject(found);
  });

  it('gives a configuration that is valid', async () => {
    await put('server.js', 'http.createServer().listen(8123)');
    await put('wirematrix.config.mjs', configText(lookAtProject(dir)!, { file: 'wirematrix.config.mjs', imports: false }));
    expect(await loadConfig(undefined, dir)).toEqual({ command: 'node server.js', port: 8123, failOn: 'fault', ignore: [] });
  });
});
