/** Tables and drawings as PNG, drawn in the page itself. */

const SCALE = 2;
const LINE = 20;
const PADDING = 10;
const COLUMN_AT_MOST = 260;
/** Browsers refuse larger canvases. */
const SIDE_AT_MOST = 16_000;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const blobOf = (canvas: HTMLCanvasElement): Promise<Blob | null> => new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));

/** A table with its title above it; long texts are cut. */
export function drawTable(title: string, rows: readonly (readonly string[])[]): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.resolve(null);
  const { fontFamily } = getComputedStyle(document.body);
  const [plain, bold] = [`13px ${fontFamily}`, `bold 13px ${fontFamily}`];
  pen.font = bold;
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.min(COLUMN_AT_MOST, Math.max(...rows.map((row) => pen.measureText(row[column] ?? '').width)) + 2 * PADDING),
  );
  const width = Math.max(
    widths.reduce((sum, one) => sum + one, 0),
    pen.measureText(title).width + 2 * PADDING,
  );
  const height = (rows.length + 2) * LINE + PADDING;
  const scale = Math.min(SCALE, SIDE_AT_MOST / width, SIDE_AT_MOST / height);
  Object.assign(canvas, { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  pen.scale(scale, scale);
  pen.fillStyle = colour('--panel');
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = 'middle';
  pen.font = bold;
  pen.fillStyle = colour('--ink');
  pen.fillText(title, PADDING, LINE);
  for (const [line, row] of rows.entries()) {
    const top = (line + 2) * LINE - PADDING / 2;
    pen.fillStyle = colour('--line');
    pen.fillRect(0, top, width, 1);
    let left = 0;
    for (const [column, room] of widths.entries()) {
      pen.font = column === 0 ? bold : plain;
      pen.fillStyle = colour('--ink');
      pen.fillText(cut(pen, row[column] ?? '', room - 2 * PADDING), left + PADDING, top + LINE / 2);
      left += room;
    }
  }
  return blobOf(canvas);
}

function cut(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > room) length = Math.floor(length * 0.9);
  return `${text.slice(0, length)}…`;
}

/** Properties that a drawing takes from the page's style. */
const STYLED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-weight',
  'font-family',
  'font-style',
  'text-anchor',
];

/** A drawing as it is shown, on the page's background. */
export async function pngOfDrawing(drawing: SVGSVGElement): Promise<Blob | null> {
  const { width, height } = drawing.viewBox.baseVal;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [shown, copied] = [drawing.querySelectorAll('*'), copy.querySelectorAll<SVGElement>('*')];
  for (const [place, element] of shown.entries()) {
    const style = getComputedStyle(element);
    for (const name of STYLED) copied[place]?.style.setProperty(name, style.getPropertyValue(name));
  }
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const scale = Math.min(SCALE, SIDE_AT_MOST / width, SIDE_AT_MOST / height);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = colour('--panel');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas);
}
