/** The data blocks of the page. */
import { LIVE_BLOCK } from '../page-format.ts';

/** The data block of that id. The report that wrote the page wrote it too. */
export function embeddedData<Data>(id: string): Data {
  const block = document.getElementById(id);
  if (block === null) throw new Error(`this page has no data block ${id}`);
  return JSON.parse(block.textContent ?? '') as Data;
}

/** Whether the page is served while its run goes on: then it holds no data, and asks for each block. */
export const isLive = document.getElementById(LIVE_BLOCK) !== null;

/** A block that is packed, as text. @throws where whoever serves the page has none, or is gone */
export async function packedText(id: string): Promise<string> {
  if (!isLive) return embeddedData<string>(id);
  const response = await fetch(`data/${id}`);
  if (!response.ok) throw new Error(`no data block ${id}: ${response.status}`);
  return (await response.json()) as string;
}
