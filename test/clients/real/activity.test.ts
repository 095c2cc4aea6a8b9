import { describe, expect, test } from 'vitest';
import { interfacesOf } from '../../../clients/real/online.ts';
import { parseVersion } from '../../../clients/real/program.ts';
import { isQuiet, parseActivity } from '../../../clients/real/quiet.ts';
import { isCalm, processGroup, wantedNs } from '../../../clients/real/started.ts';
import { LOAD_TIMEOUT_MS, QUIET_LIMIT_MS } from '../../../clients/real/time-limits.ts';
import { within } from '../../../clients/real/within.ts';

/** ss from iproute2 6.1: one socket answered, one waiting for its answer, one that never carried a byte. */
const SS = `ESTAB 0      0      127.0.0.1:52758 127.0.0.1:8080
\t cubic wscale:10,10 rto:204 mss:32768 bytes_sent:64 bytes_acked:65 bytes_received:124 segs_out:4 send 110907076923bps lastsnd:900 lastrcv:888 lastack:888 minrtt:0.013
ESTAB 0      0      127.0.0.1:52760 127.0.0.1:8080
\t cubic wscale:10,10 rto:204 mss:32768 bytes_sent:68 bytes_acked:69 segs_out:3 data_segs_out:1 lastsnd:900 lastrcv:901 lastack:900
CLOSE-WAIT 1      0      127.0.0.1:52776 127.0.0.1:8080
\t cubic wscale:10,10 rto:204 mss:32741 bytes_acked:1 segs_out:2 segs_in:1 lastsnd:20 lastrcv:20 lastack:20
`;

describe('the activity of sockets', () => {
  test('is read from what ss prints', () => {
    expect(parseActivity(SS)).toEqual([
      { sentMs: 900, receivedMs: 888 },
      { sentMs: 900, receivedMs: null },
      { sentMs: null, receivedMs: null },
    ]);
    expect(parseActivity('')).toEqual([]);
  });

  test('has ended when each request is answered and the last byte is old', () => {
    expect(parseActivity(SS).map((socket) => isQuiet(socket, 750))).toEqual([true, false, true]);
    expect(isQuiet({ sentMs: 900, receivedMs: 700 }, 750)).toBe(false);
    expect([750, 749].map((receivedMs) => isQuiet({ sentMs: 900, receivedMs }, 750))).toEqual([true, false]);
    expect([900, 901].map((receivedMs) => isQuiet({ sentMs: 900, receivedMs }, 750))).toEqual([true, false]);
    // The answer to the request before it came 2 s ago: the last request still waits.
    expect(isQuiet({ sentMs: 1_000, receivedMs: 2_000 }, 750)).toBe(false);
  });
});

describe('a wait', () => {
  test('for a load and its answers ends before the harness gives up the action', () => {
    expect(LOAD_TIMEOUT_MS + QUIET_LIMIT_MS).toBeLessThan(30_000);
  });

  test('for a load ends when the navigation says so, or with the load where that is sooner', async () => {
    let over = false;
    const never = new Promise<void>(() => {});
    const end = () => {
      over = true;
    };
    await within(Promise.resolve(), { ms: 60_000 });
    void within(never, 'load').then(end);
    await within(never, { ms: 30 });
    expect(over).toBe(false);
    await expect(within(Promise.reject(new Error('gone')), { ms: 30 })).resolves.toBeUndefined();
    await expect(within(Promise.reject(new Error('gone')), 'load')).rejects.toThrow('gone');
  });
});

describe('the version of a browser', () => {
  test('is the number alone for the usual product', () => {
    expect(parseVersion('Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n', 'Chromium')).toBe('156.0.8078.79');
    expect(parseVersion('Mozilla Firefox 153.7.0esr\n', 'Mozilla Firefox')).toBe('153.7.0esr');
  });

  test('names another product, and is null where nothing looks like one', () => {
    expect(parseVersion('Google Chrome 141.0.7390.54 \n', 'Chromium')).toBe('Google Chrome 141.0.7390.54');
    expect(parseVersion('command not found', 'Chromium')).toBeNull();
  });
});

describe('the files of /proc', () => {
  test('name the interfaces of a network namespace', () => {
    const table = 'Inter-|   Receive\n face |bytes    packets\n    lo:     120       2\nwirematrix0: 0 0\n';
    expect(interfacesOf(table)).toEqual(['lo', 'wirematrix0']);
  });

  test('name the process group even where the name of the program holds brackets', () => {
    expect(processGroup('4242 (Web) Content) S 4200 4100 4100 0 -1 4194560')).toBe(4100);
  });

  test('show a calm browser: less than a tenth of one core', () => {
    expect(isCalm(19_999_999, 200)).toBe(true);
    expect(isCalm(20_000_000, 200)).toBe(false);
  });

  test('tell how long a thread ran and waited', () => {
    expect(wantedNs('1500 2500 7\n')).toBe(4_000);
  });
});
