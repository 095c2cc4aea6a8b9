import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a scripted server has seen on one connection. */
export interface SeenConnection {
  socket: Socket;
  /** Request heads as they came, byte for byte (Latin-1). */
  heads: string[];
  /** Set when the client's FIN or RST has come. */
  ended: 'FIN' | 'RST' | null;
}

export interface ScriptedServer {
  origin: string;
  connections: SeenConnection[];
  /** All heads in the order in which they came. */
  heads: string[];
  targets(): string[];
  /** Resolves when the condition holds; it is looked at whenever something comes or goes. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** The bytes that answer a request; `null` leaves it without an answer. */
export type Answer = (target: string, head: string, connection: SeenConnection) => string | Buffer | null;

/** A raw TCP server that answers request heads with exact bytes. */
export async function scriptedServer(answer: Answer): Promise<ScriptedServer> {
  const connections: SeenConnection[] = [];
  const heads: string[] = [];
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const seen: SeenConnection = { socket, heads: [], ended: null };
    connections.push(seen);
    let buffered = '';
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      for (let end = buffered.indexOf('\r\n\r\n'); end >= 0; end = buffered.indexOf('\r\n\r\n')) {
        const head = buffered.slice(0, end + 4);
        buffered = buffered.slice(end + 4);
        seen.heads.push(head);
        heads.push(head);
        const bytes = answer(head.split(' ')[1] ?? '', head, seen);
        if (bytes !== null && socket.writable) socket.write(bytes);
      }
      changed();
    });
    socket.on('end', () => {
      seen.ended ??= 'FIN';
      socket.end();
      changed();
    });
    socket.on('error', () => {
      seen.ended ??= 'RST';
      changed();
    });
    changed();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    heads,
    targets: () => heads.map((head) => head.split(' ')[1] ?? ''),
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: async () => {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole response with `Content-Length`. */
export function response(body: string, headers: readonly string[] = [], status = '200 OK'): string {
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}
