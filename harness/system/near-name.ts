/** The one of `all` that was probably meant: the same but for case and signs, or one slip of the keyboard away; `undefined` where none is. */
export function nearName(name: string, all: readonly string[]): string | undefined {
  // 18 is no slip for 20.
  const alike = all.filter((one) => digits(one) === digits(name));
  return alike.find((one) => plain(one) === plain(name)) ?? alike.find((one) => isOneOff(plain(one), plain(name)));
}

/** What to say of a name that is not among `all`: the one that was probably meant, or what there is. */
export function namesThere(name: string, all: readonly string[]): string {
  const meant = nearName(name, all);
  return meant === undefined ? `there are: ${all.join(', ')}` : `did you mean ${meant}?`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const digits = (name: string): string => name.replaceAll(/\D/g, '');

/** Whether one letter that is added, left out or another one, or two that are swapped, makes one of the other. */
function isOneOff(one: string, other: string): boolean {
  const most = Math.min(one.length, other.length);
  let from = 0;
  while (from < most && one[from] === other[from]) from++;
  let to = 0;
  while (to < most - from && one.at(-1 - to) === other.at(-1 - to)) to++;
  const [a, b] = [one.slice(from, one.length - to), other.slice(from, other.length - to)];
  return (a.length <= 1 && b.length <= 1) || (a.length === 2 && a === [...b].reverse().join(''));
}
