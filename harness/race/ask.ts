/** The client of the race: it asks the upstream side (or the server itself), each of its connections kept as a browser keeps them. */
import http from 'node:http';

/** Longest wait for an answer. Milliseconds. */
const ANSWER_MS = 8_000;

/** One connection to where the requests go. */
export interface Asker {
  /** Resolves when the request is answered or has failed; what became of it, the capture shows. @returns whether it was answered by other than 502, 503 or 504 */
  ask(method: string, target: string, body?: string): Promise<boolean>;
  /** How many connections it has opened. */
  opened(): number;
  close(): void;
}

/** Opens no connection before the first request. @param signal drops what it waits for, an answer without end too */
export function openAsker(host: string, port: number, signal: AbortSignal): Asker {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let opened = 0;
  return {
    ask: (method, target, body) =>
      new Promise((resolve) => {
        const headers = method === 'POST' ? { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body ?? '') } : {};
        const request = http.request({ host, port, agent, method, path: target, headers, timeout: ANSWER_MS, signal });
        request.once('response', (response) => {
          response.once('error', () => resolve(false));
          response.resume().once('end', () => resolve(![502, 503, 504].includes(response.statusCode ?? 0)));
        });
        request.once('socket', () => {
          if (!request.reusedSocket) opened++;
        });
        request.once('timeout', () => request.destroy());
        request.once('error', () => resolve(false));
        request.end(body);
      }),
    opened: () => opened,
    close: () => agent.destroy(),
  };
}
