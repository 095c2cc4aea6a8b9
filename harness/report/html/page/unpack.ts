/** Data and records that the page holds packed. */
import type { PlaceInBlocks } from '../page-format.ts';
import { packedText } from './embedded.ts';

/** Data that the page holds packed as a whole. @throws where the browser lacks `DecompressionStream` */
export const unpackedData = async <Data>(id: string): Promise<Data> =>
  JSON.parse(new TextDecoder().decode(await unpack(await packedText(id)))) as Data;

/** Blocks that were asked for, by id. */
const blocks = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** @param name of the blocks: `details`, `packets` @throws where the browser can't unpack it: it lacks `DecompressionStream` */
export async function unpackedRecord(name: string, [block, start, end]: PlaceInBlocks): Promise<Uint8Array<ArrayBuffer>> {
  const id = `${name}-${block}`;
  const bytes = blocks.get(id) ?? packedText(id).then(unpack);
  blocks.set(id, bytes);
  // It may be asked for again.
  bytes.catch(() => blocks.delete(id));
  return (await bytes).subarray(start, end);
}

async function unpack(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
