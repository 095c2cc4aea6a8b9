/** What a project's files say of the server in it: how it is started, and on which port it then listens. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What was found, and where. */
export interface FoundServer {
  command: string;
  port: number;
  /** In words: which file says so; `null` where nothing does, and the port is the usual one. */
  portFrom: string | null;
  commandFrom: string;
}

/** Scripts that start a server, the best first: one that watches files would start it again. */
const SCRIPTS = ['start', 'serve', 'preview', 'dev'];
/** Files that start a server where no script does. */
const ENTRIES = [
  'server.js',
  'server.mjs',
  'app.js',
  'index.js',
  'src/server.js',
  'src/index.js',
  'server.ts',
  'src/server.ts',
  'src/index.ts',
];

/** The port where a framework listens by itself. */
const PORT_OF: readonly [pattern: RegExp, port: number][] = [
  [/\bvite preview\b/, 4173],
  [/\bvite\b/, 5173],
  [/\bastro\b/, 4321],
  [/\bng serve\b/, 4200],
  [/\b(?:next|nuxt|remix-serve|nest|react-scripts)\b/, 3000],
  [/\bhttp-server\b/, 8080],
];
const USUAL_PORT = 3000;

/** What reads a file of the project; `null` where it is not there. */
type Read = (name: string) => string | null;

/** Projects of other languages: what is found where a file is there, the most telling first. */
const OTHER_PROJECTS: readonly ((read: Read) => FoundServer | null)[] = [
  procfile,
  (read) =>
    read('manage.py') === null
      ? null
      : { command: 'python3 manage.py runserver --noreload 8000', commandFrom: 'manage.py', port: 8000, portFrom: 'the command' },
  python,
  (read) =>
    firstOf(
      read,
      ['main.go', 'cmd/server/main.go', 'server.go'],
      (file) => `go run ${file.includes('/') ? `./${file.slice(0, file.lastIndexOf('/'))}` : '.'}`,
      GO_PORTS,
      8080,
    ),
  (read) => firstOf(read, ['src/main.rs'], () => 'cargo run', GO_PORTS, 8080),
  (read) =>
    read('bin/rails') === null
      ? null
      : { command: 'bin/rails server -b 127.0.0.1 -p 3000', commandFrom: 'bin/rails', port: 3000, portFrom: 'the command' },
  (read) =>
    read('config.ru') === null
      ? null
      : { command: 'bundle exec rackup -p 9292', commandFrom: 'config.ru', port: 9292, portFrom: 'the command' },
  (read) => spring(read, 'pom.xml', ['mvnw', './mvnw', 'mvn'], '-q spring-boot:run'),
  (read) => spring(read, 'build.gradle', ['gradlew', './gradlew', 'gradle'], '-q bootRun'),
  (read) => spring(read, 'build.gradle.kts', ['gradlew', './gradlew', 'gradle'], '-q bootRun'),
  (read) =>
    read('artisan') === null
      ? null
      : { command: 'php artisan serve --no-reload --port 8000', commandFrom: 'artisan', port: 8000, portFrom: 'the command' },
  (read) =>
    read('index.php') === null ? null : { command: 'php -S 127.0.0.1:8000', commandFrom: 'index.php', port: 8000, portFrom: 'the command' },
];

const GO_PORTS: readonly RegExp[] = [/["'`][\w.]*:(\d{2,5})["'`]/, /\[?(?:127, 0, 0, 1|0, 0, 0, 0)\]?\s*,\s*(\d{2,5})/];
const PYTHON_PORTS: readonly RegExp[] = [/\bport\s*=\s*(?:int\()?(?:os\.\w+(?:\.get)?\(["']PORT["'],\s*)?["']?(\d{2,5})/i];

/** Heroku's file: its first line of the process `web`. */
function procfile(read: Read): FoundServer | null {
  const line = /^web:\s*(.+)$/m.exec(read('Procfile') ?? '')?.[1];
  if (line === undefined) return null;
  const takes = /\$\{?PORT\b/.test(line);
  const port = Number(/(?::|--port[= ]|-p )(\d{2,5})\b/.exec(line)?.[1] ?? 8000);
  return {
    command: takes ? `export PORT=${port}; ${line.trim()}` : line.trim(),
    commandFrom: 'Procfile',
    port,
    portFrom: takes ? 'the command' : line.includes(String(port)) ? 'Procfile' : null,
  };
}

/** A module that makes an application of Flask, or an ASGI one. */
function python(read: Read): FoundServer | null {
  for (const module of ['app', 'main', 'wsgi', 'server', 'asgi']) {
    const file = `${module}.py`;
    const text = read(file);
    if (text === null) continue;
    // A file that starts its server itself knows its port.
    const runs = /\.run\(|serve_forever\(|run_app\(|\.listen\(/.test(text);
    const asgi = /^(\w+)\s*=\s*(?:FastAPI|Starlette|Litestar)\(/m.exec(text)?.[1];
    if (asgi !== undefined && !runs)
      return { command: `uvicorn ${module}:${asgi} --port 8000`, commandFrom: file, port: 8000, portFrom: 'the command' };
    if (/\bFlask\(/.test(text) && !runs)
      return { command: `flask --app ${module} run --port 5000`, commandFrom: file, port: 5000, portFrom: 'the command' };
    if (runs) {
      const port = portBy(PYTHON_PORTS, text);
      return { command: `python3 ${file}`, commandFrom: file, port: port ?? (asgi ? 8000 : 5000), portFrom: port === null ? null : file };
    }
  }
  return null;
}

function spring(read: Read, file: string, [wrapper, own, installed]: readonly [string, string, string], task: string): FoundServer | null {
  if (!read(file)?.includes('spring-boot')) return null;
  const properties = 'src/main/resources/application.properties';
  const port = portBy([/^server\.port=(\d{2,5})/m], read(properties) ?? '');
  return {
    command: `${read(wrapper) === null ? installed : own} ${task}`,
    commandFrom: file,
    port: port ?? 8080,
    portFrom: port === null ? null : properties,
  };
}

/** The first of these files that is there, and the port that it names. */
function firstOf(
  read: Read,
  files: readonly string[],
  commandFor: (file: string) => string,
  ports: readonly RegExp[],
  usual: number,
): FoundServer | null {
  const file = files.find((name) => read(name) !== null);
  if (file === undefined) return null;
  const port = portBy(ports, read(file) ?? '');
  return { command: commandFor(file), commandFrom: file, port: port ?? usual, portFrom: port === null ? null : file };
}

/** The port that the first of these patterns finds; `null` where none does. */
function portBy(patterns: readonly RegExp[], text: string): number | null {
  for (const pattern of patterns) {
    const port = Number(pattern.exec(text)?.[1]);
    if (port >= 1 && port <= 65_535) return port;
  }
  return null;
}

/** Looks at a folder; `null` where nothing in it looks like a server. */
export function lookAtProject(folder: string): FoundServer | null {
  const read: Read = (name) => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch {
      return null;
    }
  };
  const scripts = scriptsOf(read('package.json'));
  const script = SCRIPTS.find((name) => scripts[name] !== undefined);
  const entry = ENTRIES.find((name) => existsSync(path.join(folder, name)));
  if (script !== undefined) {
    const line = scripts[script] ?? '';
    const file = /([\w./-]+\.[cm]?[jt]s)\b/.exec(line)?.[1] ?? /\bnode\s+(?:-\S+\s+)*([\w./-]+)/.exec(line)?.[1] ?? entry;
    return {
      // npm adds a process that does not pass signals on; `exec` leaves the server's own.
      command: script === 'start' ? 'npm start' : `npm run ${script}`,
      commandFrom: `the script "${script}" of package.json`,
      ...portIn([['package.json', line], ...envFiles(read), ...(file ? [[file, read(file) ?? ''] as const] : [])], line),
    };
  }
  if (entry !== undefined)
    return { command: `node ${entry}`, commandFrom: entry, ...portIn([...envFiles(read), [entry, read(entry) ?? '']], '') };
  for (const look of OTHER_PROJECTS) {
    const found = look(read);
    if (found !== null) return found;
  }
  return null;
}

const envFiles = (read: Read): (readonly [string, string])[] =>
  ['.env.local', '.env'].flatMap((name) => {
    const content = read(name);
    return content === null ? [] : [[name, content] as const];
  });

function scriptsOf(text: string | null): Record<string, string> {
  try {
    const { scripts } = JSON.parse(text ?? '{}') as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? (scripts as Record<string, string>) : {};
  } catch {
    return {};
  }
}

const PORTS: readonly RegExp[] = [
  /(?:^|\s)PORT=["']?(\d{2,5})\b/m,
  /(?:--port[= ]|\s-p[= ]?)(\d{2,5})\b/,
  /\.listen\(\s*(?:\{[^}]*\bport:\s*)?(\d{2,5})\b/,
  /\bPORT\b\s*(?:\|\||\?\?|,)\s*["']?(\d{2,5})\b/,
  /\bport\b["']?\s*[:=]\s*(?:[^;\n]*?(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b/i,
];

/** The first port that a text names; else the framework's own, else the usual one. */
function portIn(texts: readonly (readonly [string, string])[], line: string): Pick<FoundServer, 'port' | 'portFrom'> {
  for (const [file, content] of texts) {
    const port = portBy(PORTS, content);
    if (port !== null) return { port, portFrom: file };
  }
  const framework = PORT_OF.find(([pattern]) => pattern.test(line));
  return { port: framework?.[1] ?? USUAL_PORT, portFrom: null };
}

/** Which form of file suits the project. */
export interface ConfigForm {
  file: 'wirematrix.config.mts' | 'wirematrix.config.mjs';
  /** Whether `wirematrix` can be imported there. */
  imports: boolean;
}

/** The text of a configuration. */
export function configText({ command, commandFrom, port, portFrom }: FoundServer, { imports }: ConfigForm): string {
  const why = portFrom === null ? 'not found in the project: check it' : `from ${portFrom}`;
  const body = [
    '{',
    `  // From ${commandFrom}.`,
    `  command: ${JSON.stringify(command)},`,
    `  // The port that it listens on (${why}).`,
    `  port: ${port},`,
    '  // Findings of this severity or worse fail the run.',
    "  failOn: 'fault',",
    '  // Findings that are known and accepted, each with its reason.',
    '  ignore: [],',
    '}',
  ].join('\n');
  return imports
    ? `import { defineConfig } from 'wirematrix';\n\nexport default defineConfig(${body});\n`
    : `/** @type {import('wirematrix').Config} */\nexport default ${body};\n`;
}
