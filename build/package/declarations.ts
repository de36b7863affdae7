import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** Module kinds, with the extension of their declarations and of what these import. */
const kinds = [
  { declaration: '.d.ts', module: '.js' },
  { declaration: '.d.cts', module: '.cjs' },
] as const;

/** The declarations of one source whose exports all have explicit types. @throws when one has not. */
function declarationsOf(source: string, fileName: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      isolatedDeclarations: true,
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
    },
  });
  const [fault] = diagnostics;
  if (fault) throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
  return outputText;
}

/**
 * The declarations of sources of one folder, for ES modules and for CommonJS: file -> text.
 * `written`: further ones, by name.
 */
export async function declarations(
  folder: string,
  names: readonly string[],
  written: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const texts: (readonly [string, string])[] = Object.entries(written);
  for (const name of names) {
    const file = join(folder, `${name}.ts`);
    texts.push([name, declarationsOf(await readFile(file, 'utf8'), file)]);
  }
  return Object.fromEntries(
    kinds.flatMap(({ declaration, module }) =>
      texts.map(([name, text]) => [
        `${name}${declaration}`,
        text.replace(/(from '\.\/[\w/]+)\.ts'/g, `$1${module}'`),
      ]),
    ),
  );
}
