/** The data blocks of the page. */

/** The data block of that id. The report that wrote the page wrote it too. */
export function embeddedData<Data>(id: string): Data {
  const block = document.getElementById(id);
  if (block === null) throw new Error(`this page has no data block ${id}`);
  return JSON.parse(block.textContent ?? '') as Data;
}
