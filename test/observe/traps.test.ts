import { describe, expect, it } from 'vitest';
import { traps } from '../../harness/observe/traps.ts';
import { evidence, show } from './evidence-builder.ts';

const plain = () => evidence({ connections: [{ requests: [{ frame: 4 }, { frame: 6 }] }] });
const trap = (id: string, from = plain()) => show(traps, `trap.${id}`, from);

describe('trap.*', () => {
  it('is not there in a plain capture, and says what was looked at', () => {
    expect(trap('unsolicited-response')).toEqual({ value: 'none', frames: [1] });
    expect(trap('synack-retransmitted')).toEqual({ value: 'no', frames: [2] });
    expect(trap('duplicate-date')).toEqual({ value: 'no', frames: [5] });
    expect(trap('server-keepalive-probes')).toEqual({ value: 'no', frames: [1] });
    expect(trap('self-request')).toEqual({ value: 'no', frames: [4] });
    expect(trap('validator-changed-by-compression')).toBeNull();
  });

  it('has no value for an empty capture', () => {
    for (const one of traps) expect(one.observe(evidence({ connections: [] })), one.id).toBeNull();
  });

  it('sees a response that nobody asked for', () => {
    const visit = plain();
    visit.exchanges[1] = { ...visit.exchanges[1]!, request: null };
    visit.exchanges[1].response!.status = 408;
    visit.exchanges[1].response!.problems = [{ kind: 'unsolicited-response', detail: '', frame: 7 }];
    expect(trap('unsolicited-response', visit)).toEqual({ value: '408', frames: [7] });
  });

  it('says nothing where a response answers what was not read', () => {
    const visit = plain();
    visit.exchanges[1] = { ...visit.exchanges[1]!, request: null };
    visit.exchanges[1].response!.problems = [{ kind: 'request-not-read', detail: '', frame: 7 }];
    expect(trap('unsolicited-response', visit)).toBeNull();
  });

  it('sees a second SYN-ACK', () => {
    const visit = plain();
    Object.assign(visit.connections[0]!.handshake!, { synAcks: 3, lastSynAckFrame: 9 });
    expect(trap('synack-retransmitted', visit)).toEqual({ value: 'yes', frames: [2, 9], note: '2 sent again' });
  });

  it('sees two Date lines, whatever their case', () => {
    const visit = plain();
    visit.exchanges[1]!.response!.headers = [
      ['Date', 'a'],
      ['date', 'b'],
    ];
    expect(trap('duplicate-date', visit)).toEqual({ value: 'yes', frames: [7], note: '1 of 2 responses' });
  });

  it("sees the server's keep-alive probes, and not the client's", () => {
    const probing = (side: 'client' | 'server') =>
      evidence({ connections: [{ requests: [{ frame: 4 }], probes: { side, frames: [8, 10], timesMs: [1, 2] } }] });
    expect(trap('server-keepalive-probes', probing('server'))).toEqual({ value: 'yes', frames: [8, 10], note: '2 probes' });
    expect(trap('server-keepalive-probes', probing('client'))?.value).toBe('no');
  });

  it("tells the server's own OPTIONS * from a visitor's", () => {
    const options = (agent: string) =>
      evidence({ connections: [{ requests: [{ frame: 4, method: 'OPTIONS', target: '*', headers: [['User-Agent', agent]] }] }] });
    expect(trap('self-request', options('Apache/2.4.66 (Debian) (internal dummy connection)'))?.value).toBe('yes');
    expect(trap('self-request', options('curl/8'))?.value).toBe('no');
  });

  it('compares the validators of the plain and the coded answer to one target', () => {
    const pair = (target: string, coded: string) =>
      evidence({
        connections: [
          {
            requests: [
              { frame: 4, target: '/a', response: { headers: [['ETag', '"1"']] } },
              {
                frame: 6,
                target,
                response: {
                  headers: [
                    ['Content-Encoding', 'gzip'],
                    ['ETag', coded],
                  ],
                },
              },
            ],
          },
        ],
      });
    expect(trap('validator-changed-by-compression', pair('/a', 'W/"1"'))).toEqual({
      value: 'yes',
      frames: [5, 7],
      note: 'weakened: "1" becomes W/"1"',
    });
    expect(trap('validator-changed-by-compression', pair('/a', '"1"'))?.value).toBe('no');
    expect(trap('validator-changed-by-compression', pair('/b', 'W/"1"'))).toBeNull();
  });
});
