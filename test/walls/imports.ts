/** Reads the imports of source files, those of types too. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export interface Import {
  /** As it stands in the source. */
  specifier: string;
  /** The file it means, from the root; `null` for a package or one of Node's modules. */
  file: string | null;
}

const SOURCE = /\.(?:ts|mjs|js)$/;

/** The source files below these folders, relative to `root`, with forward slashes. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
  );
}

/** Every import of a file: `import`, `export … from`, `import()`, `import()` as a type, and `new URL('./x', import.meta.url)`. */
export function importsOf(file: string, source: string): Import[] {
  const found: string[] = [];
  visit(parseAst(source, { lang: file.endsWith('.ts') ? 'ts' : 'js' }), (node) => {
    const literal = specifierOf(node);
    if (literal !== null) found.push(literal);
  });
  return found.map((specifier) => ({
    specifier,
    file: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null,
  }));
}

export const readImports = (root: string, file: string): Import[] => importsOf(file, readFileSync(path.join(root, file), 'utf8'));

type Node = { type: string; [key: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function specifierOf(node: Node): string | null {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration' || node.type === 'ExportNamedDeclaration')
    return text(node.source);
  if (node.type === 'ImportExpression' || node.type === 'TSImportType') return text(node.source);
  if (node.type !== 'NewExpression') return null;
  // A program that is started as a process of its own; the source names the compiled one.
  const [target, base] = node.arguments as Node[];
  const isOwn = base?.type === 'MemberExpression' && isNode(base.object) && base.object.type === 'MetaProperty';
  const literal = isOwn ? text(target) : null;
  return literal !== null && SOURCE.test(literal) ? literal.replace(/\.js$/, '.ts') : null;
}

const text = (value: unknown): string | null => (isNode(value) && typeof value.value === 'string' ? value.value : null);

function visit(value: unknown, each: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, each);
  else if (isNode(value)) {
    each(value);
    for (const child of Object.values(value)) visit(child, each);
  }
}
