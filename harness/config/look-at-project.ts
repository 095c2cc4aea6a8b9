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

/** By the name of the file, for projects without package.json. */
const OTHER_PROJECTS: readonly [file: string, command: string, port: number][] = [
  ['manage.py', 'python3 manage.py runserver --noreload 8000', 8000],
  ['app.py', 'python3 app.py', 5000],
  ['main.go', 'go run .', 8080],
  ['Cargo.toml', 'cargo run', 8080],
  ['config.ru', 'bundle exec rackup -p 9292', 9292],
];

/** Looks at a folder; `null` where nothing in it looks like a server. */
export function lookAtProject(folder: string): FoundServer | null {
  const read = (name: string): string | null => {
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
    const file = /([\w./-]+\.[cm]?[jt]s)\b/.exec(line)?.[1] ?? entry;
    return {
      // npm adds a process that does not pass signals on; `exec` leaves the server's own.
      command: script === 'start' ? 'npm start' : `npm run ${script}`,
      commandFrom: `the script "${script}" of package.json`,
      ...portIn([['package.json', line], ...envFiles(read), ...(file ? [[file, read(file) ?? ''] as const] : [])], line),
    };
  }
  if (entry !== undefined)
    return { command: `node ${entry}`, commandFrom: entry, ...portIn([...envFiles(read), [entry, read(entry) ?? '']], '') };
  for (const [file, command, port] of OTHER_PROJECTS)
    if (existsSync(path.join(folder, file))) return { command, commandFrom: file, port, portFrom: null };
  return null;
}

const envFiles = (read: (name: string) => string | null): (readonly [string, string])[] =>
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
    for (const pattern of PORTS) {
      const port = Number(pattern.exec(content)?.[1]);
      if (port >= 1 && port <= 65_535) return { port, portFrom: file };
    }
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
