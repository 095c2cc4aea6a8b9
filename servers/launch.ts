/** Runs one server of the registry that is written in TypeScript, in this process: `node dist/servers/launch.js ID`. */
import { existsSync } from 'node:fs';
import type { ServerContext, ServerDefinition } from './server.ts';

function contextFromEnvironment(): ServerContext {
  const value = (name: string): string => {
    const text = process.env[name];
    if (!text) throw new Error(`${name} is not set: a server is started with HOST, PORT, SITE and WORK in its environment`);
    return text;
  };
  return { host: value('HOST'), port: Number(value('PORT')), site: value('SITE'), work: value('WORK') };
}

/** Of the one file that bears its name, where there is one: the whole registry takes as long to load as a framework. */
async function definitionOf(id: string): Promise<ServerDefinition | undefined> {
  const file = new URL(`./${id}.js`, import.meta.url);
  if (/^[\w-]+$/.test(id) && existsSync(file)) {
    const { default: alone } = (await import(file.href)) as { default?: ServerDefinition };
    if (alone?.id === id) return alone;
  }
  const { servers } = await import('./index.ts');
  return servers.find((entry) => entry.id === id);
}

const id = process.argv[2] ?? '';
const server = await definitionOf(id);
if (!server?.listen) throw new Error(`no server written in TypeScript is called "${id}"`);
await server.listen(contextFromEnvironment());
