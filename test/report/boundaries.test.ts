/** Thresholds of the reports, at their boundary and just beyond. */
import { expect, it } from 'vitest';
import { harOf } from '../../harness/report/har.ts';
import { mainTables } from '../../harness/report/main-table.ts';
import { TABLE_WORDS } from '../../harness/report/phrases/tables.ts';
import { valueText } from '../../harness/report/value-text.ts';
import { evidence } from '../observe/evidence-builder.ts';
import { cell, sampleRun } from './sample-run.ts';

it.each([
  [49, 0.1],
  [50, -1],
])('a connection that was ready %s ms before its request has a connect time of %s ms in the HAR', (readyMs, connect) => {
  const visit = evidence({ connections: [{ syn: 1, synMs: 0, handshakeMs: 0.1, requests: [{ frame: 4, atMs: readyMs + 0.1 }] }] });
  const { log } = harOf(visit, cell('express/chromium/first-visit', {}), sampleRun());
  expect(log.entries[0]?.timings.connect).toBe(connect);
});

it.each([
  [249, 'server FIN at once'],
  [250, 'server FIN 250\u00a0ms'],
])('a close after %s ms is in the table as "%s"', (idleMs, text) => {
  const values = { 'close.first': 'server', 'close.how': 'FIN', 'close.idle-ms': idleMs };
  const run = { ...sampleRun(), cells: [cell('express/chromium/first-visit', values)] };
  const column = mainTables(run, TABLE_WORDS.en)[0]?.columns.find(({ id }) => id === 'closes-first');
  expect(column?.texts[0]?.text).toBe(text);
});

it('a 304 of a revisit says nothing of ranges: the table takes a visit that fetched the file', () => {
  const revisit = cell('express/edge/revisit', { 'load.range-status': 304 });
  const reload = cell('express/edge/hard-reload', { 'load.range-status': 206 });
  const sample = sampleRun();
  const clients = [{ ...sample.clients[0]!, id: 'edge' }];
  const column = mainTables({ ...sample, clients, cells: [revisit, reload] }, TABLE_WORDS.en)[0]?.columns.find(({ id }) => id === 'audio');
  expect(column?.texts[0]?.text).toBe('206');
});

it('a window of 5 s and more is written in whole seconds', () => {
  const open = (windowS: number) => valueText({ value: null, frames: [1], windowS }, 's', TABLE_WORDS.en);
  expect([4.9, 5.1].map(open)).toEqual(['still open after 4.9\u00a0s', 'still open after 5\u00a0s']);
});
