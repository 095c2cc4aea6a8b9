import { expect, it } from 'vitest';
import { scriptWithTabs } from '../../harness/setup/tabs.mjs';

it('indents by tabs, and leaves a script alone in which a string goes over several lines', () => {
  expect(scriptWithTabs('if (a) {\n    b(`x \x24{c} y`);\n        d();\n}')).toBe('if (a) {\n\tb(`x \x24{c} y`);\n\t\td();\n}');
  expect(scriptWithTabs("const spaces = '    ';\n  two();")).toBe("const spaces = '    ';\n  two();");
  for (const script of ['a = `x\n    y`;', 'a = `x \x24{b.map((c) => `d\n    e`)}`;', "a = 'x \\\n    y';"])
    expect(scriptWithTabs(script)).toBe(script);
});
