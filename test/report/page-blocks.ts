/** The data blocks of a page, as its script reads them. */
import { gunzipSync } from 'node:zlib';

/** The data block of that id; `null` where the page has none. */
export function dataOf<Data>(html: string, id: string): Data | null {
  const found = new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`).exec(html);
  return found ? (JSON.parse(found[1] as string) as Data) : null;
}

/** The packed block of that id, unpacked. */
export const packedBytesOf = (html: string, id: string): Uint8Array => gunzipSync(Buffer.from(dataOf<string>(html, id) ?? '', 'base64'));

/** The packed data block of that id. */
export const packedDataOf = <Data>(html: string, id: string): Data => JSON.parse(Buffer.from(packedBytesOf(html, id)).toString()) as Data;
