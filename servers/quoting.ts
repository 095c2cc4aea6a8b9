/** File names in configurations, by the rules of each format. */

/** The characters of double-quoted words that a backslash must go before. */
const escaped = (text: string): string => text.replaceAll(/[\\"]/g, '\\$&');

/**
 * A double-quoted word of nginx.conf. No character stands for a dollar sign, where a directive takes variables: `$dollar` is defined by
 * `DOLLAR_IN_NGINX`.
 */
export const nginxWord = (text: string, { variables = false } = {}): string =>
  `"${escaped(text).replaceAll('$', variables ? `\${dollar}` : '$')}"`;
export const DOLLAR_IN_NGINX = 'geo $dollar { default "$"; }';

/** A double-quoted word of Apache's configuration. `${` begins a variable: `${dollar}` is defined by `DOLLAR_IN_APACHE`. */
export const apacheWord = (text: string): string => `"${escaped(text).replaceAll(`\${`, `\${dollar}{`)}"`;
export const DOLLAR_IN_APACHE = 'Define dollar $';

/**
 * A `<Directory>` section. A path with wildcards would be a pattern, in which a backslash does not escape them: such a path becomes a regular
 * expression.
 */
export function apacheDirectory(path: string, lines: readonly string[]): string {
  const [name, argument] = /[*?]/.test(path)
    ? ['DirectoryMatch', `^${path.replaceAll(/[^\w/\x80-\uffff]/g, '\\$&')}(?:/|$)`]
    : ['Directory', path];
  return [`<${name} ${apacheWord(argument)}>`, ...lines.map((line) => `  ${line}`), `</${name}>`].join('\n');
}

/** A string of lighttpd.conf: a backslash stands for itself unless a quotation mark follows it. */
export const lighttpdString = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

/** Text in an XML attribute or element. */
export const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A double-quoted scalar of YAML, which takes what JSON writes. */
export const yamlString = (text: string): string => JSON.stringify(text);
