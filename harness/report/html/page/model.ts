/** The run that the page holds. */

import { h } from './dom.js';
import { duration, embeddedData, grouped, state, t, title } from './language.js';

/** @typedef {[observation: number, value: any, frames: number[], windowS?: number | null, judgement?: number | null, note?: string]} Value */
/**
 * @typedef {{ place: number, server: number, client: number, scenario: number, state: string, reason: string | null, remedy: string | null,
 *   capture: string | null, har: string | null, sha256: string | null, exchangeCount: number, notes: string[], values: Value[], byObservation: Map<number, Value> }} Cell
 */

export const index = embeddedData('index');
/** @type {string[]} */
export const strings = embeddedData('strings');
/** @type {Cell[]} */
export const cells = index.cells.map((/** @type {any} */ cell, /** @type {number} */ place) => ({
  ...cell,
  place,
  byObservation: new Map(cell.values.map((/** @type {Value} */ value) => [value[0], value])),
}));

/** @type {Map<string, Cell>} */
const byId = new Map(cells.map((cell) => [cellName(cell), cell]));

/** @param {Pick<Cell, 'server' | 'client' | 'scenario'>} cell */
export function cellName(cell) {
  return `${index.servers[cell.server].id}/${index.clients[cell.client].id}/${index.scenarios[cell.scenario].id}`;
}

/** @param {string} id `server/client/scenario` */
export const cellNamed = (id) => byId.get(id) ?? null;

/** @param {number} server @param {number} client @param {number} scenario */
export const cellAt = (server, client, scenario) => cellNamed(cellName({ server, client, scenario }));

const details = new Map();
/** What is shown of a cell that is opened. @param {Cell} cell */
export function detailOf(cell) {
  if (!details.has(cell.place)) details.set(cell.place, embeddedData(`cell-${cell.place}`));
  return details.get(cell.place);
}

/** @param {number} observation */
export const observationTitle = (observation) => {
  const row = index.observations[observation];
  return title(`observation.${row.id}`, row.title);
};
/** @param {number} scenario */
export const scenarioTitle = (scenario) => {
  const row = index.scenarios[scenario];
  return title(`scenario.${row.id}`, row.title);
};

/** A value in words. @param {Value | null | undefined} value @param {string | null} unit @param {boolean} [short] */
export function valueText(value, unit, short = false) {
  if (!value) return short ? '–' : t('value.absent');
  const [, shown, , windowS] = value;
  if (shown === null) {
    if (windowS === null || windowS === undefined) return t('value.none');
    const length = duration((windowS >= 5 ? Math.floor(windowS) : windowS) * 1e6);
    return short ? `> ${length}` : t('value.open', { length });
  }
  if (typeof shown === 'boolean') return t(shown ? 'value.yes' : 'value.no');
  if (typeof shown === 'number') {
    if (unit === 's') return duration(shown * 1e6);
    if (unit === 'ms') return duration(shown * 1e3);
    return unit === 'bytes' ? `${grouped(shown)} B` : grouped(shown);
  }
  if (shown === 'none') return t('value.none');
  if (shown === 'yes' || shown === 'no') return t(`value.${shown}`);
  return shown === 'server' || shown === 'client' ? t(shown) : shown;
}

/** @param {Value | null | undefined} value */
export const judgementOf = (value) => (value && typeof value[4] === 'number' ? index.judgements[value[4]] : null);

/** Where a server or client comes from, in words and with a form of its own. @param {any} row */
export function badges(row) {
  const kind = row.provenance;
  const text = t(`ui.${kind}`);
  const more = row.modelOf ? t('ui.model-of', { server: row.modelOf }) : null;
  return [
    h('span', { class: `badge ${kind}`, title: more }, text),
    row.variantOf ? h('span', { class: 'badge variant', title: t('ui.variant-of', { server: row.variantOf }) }, t('ui.variant')) : null,
  ];
}

/** Joins sentences as the language does. @param {string[]} sentences */
export const joined = (sentences) => sentences.join(state.language === 'zh' ? '' : ' ');
