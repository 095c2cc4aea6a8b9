/**
 * An error page of exactly `length` bytes in this project's own words, for servers whose page is long. The observations see only its
 * length, so that the original text needs no copy.
 */
export function paddedPage(title: string, length: number): Buffer {
  const text = `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n<!-- This text stands for a page of the same length. -->\n`;
  return Buffer.from(text.padEnd(length, ' ').slice(0, length), 'latin1');
}
