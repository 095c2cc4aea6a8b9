/** What is wrong with the imports of a tree, by the table in `walls.ts`. */
import type { Import } from './imports.ts';
import type { Room } from './walls.ts';

/** Modules that start processes or open sockets. */
const LIVE_MODULES = /^node:(?:child_process|cluster|dgram|dns|http|https|http2|net|tls|worker_threads)(?:\/|$)/;

/** The room of a file: the longest one that holds it; `null` where there is none. */
export function roomOf(file: string, rooms: Readonly<Record<string, Room>>): string | null {
  const holding = Object.keys(rooms).filter((room) => file === room || file.startsWith(`${room}/`));
  return holding.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Each import of a file that the table does not allow, as a sentence. */
export function illegalImports(file: string, imports: readonly Import[], rooms: Readonly<Record<string, Room>>): string[] {
  const name = roomOf(file, rooms);
  const room = name === null ? undefined : rooms[name];
  if (name === null || !room) return [`${file} stands in no room of test/walls/walls.ts`];
  return imports.flatMap(({ specifier, file: imported }) => {
    if (imported === null) return room.pure && LIVE_MODULES.test(specifier) ? [`${file} is pure, and imports ${specifier}`] : [];
    const other = roomOf(imported, rooms);
    const allowed = other === name || room.imports.includes('*') || (other !== null && room.imports.includes(other));
    return allowed ? [] : [`${file} imports ${imported}: ${name} may not import from ${other ?? 'there'}`];
  });
}

/** Sets of files that import each other, directly or through others (Tarjan's strongly connected components). */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const enter = (file: string): void => {
    const index = order.size;
    order.set(file, index);
    lowest.set(file, index);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      if (!order.has(next)) enter(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file) ?? index, lowest.get(next) ?? index));
    }
    if (lowest.get(file) !== index) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || (imports.get(file) ?? []).includes(file)) found.push(circle.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) enter(file);
  return found;
}
