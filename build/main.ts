/** `npm run build`: bundles every program into dist/, ready to be deployed. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { licences } from './licences.ts';
import { engines, type Program, programs } from './programs.ts';
import { zipFolder } from './zip.ts';

const root = join(import.meta.dirname, '..');
const { version, license, dependencies, optionalDependencies } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
);

const pinned = (names: readonly string[], versions: Readonly<Record<string, string>>) =>
  Object.fromEntries(names.map((name) => [name, versions[name]]));

function manifest({ folder, about, needs }: Program): string {
  const converts = needs.includes('sharp');
  const made = {
    name: folder,
    version,
    license,
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    ...about,
    dependencies: pinned(needs, dependencies),
    ...(converts ? { optionalDependencies: pinned(engines, optionalDependencies) } : {}),
  };
  return `${JSON.stringify(made, null, 2)}\n`;
}

for (const program of programs) {
  const folder = join(root, 'dist', program.folder);
  const inputs = await bundle(root, program, folder);
  await writeFile(join(folder, 'package.json'), manifest(program));
  await writeFile(join(folder, 'THIRD_PARTY_LICENCES.txt'), await licences(root, inputs));
  for (const [place, source] of Object.entries(program.copies))
    await cp(join(root, source), join(folder, place), { recursive: true });
  // Cloud Functions takes an archive, and Terraform deploys it again when its bytes change.
  if (program.folder === 'fan') await zipFolder(folder, `${folder}.zip`);
  process.stdout.write(
    `dist/${program.folder}: ${[...Object.keys(program.commonEntries), ...Object.keys(program.entries)].join(', ')}\n`,
  );
}
