const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date in the preferred form of RFC 9110 section 5.6.7. `seconds`: since the epoch. */
export const formatHttpDate = (seconds: number): string => new Date(seconds * 1000).toUTCString();

/** The current time as an HTTP date. */
export const now = (): string => formatHttpDate(Math.floor(Date.now() / 1000));

/** Seconds since the epoch from any of the three forms of RFC 9110 section 5.6.7; `null` where it is none of them. */
export function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined) return null;
  const imf = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text.trim());
  if (imf) return seconds(imf[1], imf[2], imf[3], imf[4], imf[5], imf[6]);
  const rfc850 = /^\w+, (\d{2})-(\w{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text.trim());
  if (rfc850)
    return seconds(
      rfc850[1],
      rfc850[2],
      String(Number(rfc850[3]) + (Number(rfc850[3]) < 70 ? 2000 : 1900)),
      rfc850[4],
      rfc850[5],
      rfc850[6],
    );
  const asctime = /^\w{3} (\w{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/.exec(text.trim());
  if (asctime) return seconds(asctime[2], asctime[1], asctime[6], asctime[3], asctime[4], asctime[5]);
  return null;
}

function seconds(day?: string, month?: string, year?: string, hour?: string, minute?: string, second?: string): number | null {
  const index = MONTHS.indexOf(month ?? '');
  if (index < 0) return null;
  return Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
}
