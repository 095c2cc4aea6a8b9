/** Runs one server of the registry that is written in TypeScript, in this process: `node dist/servers/launch.js ID`. */
import { servers } from './index.ts';
import type { ServerContext } from './server.ts';

function contextFromEnvironment(): ServerContext {
  const value = (name: string): string => {
    const text = process.env[name];
    if (!text) throw new Error(`${name} is not set: a server is started with HOST, PORT, SITE and WORK in its environment`);
    return text;
  };
  return { host: value('HOST'), port: Number(value('PORT')), site: value('SITE'), work: value('WORK') };
}

const id = process.argv[2];
const server = servers.find((entry) => entry.id === id);
if (!server?.listen) throw new Error(`no server written in TypeScript is called "${id}"`);
await server.listen(contextFromEnvironment());
