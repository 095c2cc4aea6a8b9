/** `1,234,567`; a number with a fraction stays as it is. */
export const grouped = (value: number): string =>
  Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value);
