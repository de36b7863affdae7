import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Contents {
  readonly root: string;
  /** The notices of the bundled packages; the first line of each is `name version: licence`. */
  readonly bundled: string;
  /** Packages beside the bundle. */
  readonly beside: readonly string[];
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref': string;
}

interface Bill {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const firstLine = /^(\S+) (\d\S*): /gm;

async function installed(root: string, name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}

/** npm's bill of materials (CycloneDX) of the checkout, without the packages that are not in the image. */
export async function billOf({ root, bundled, beside }: Contents): Promise<Bill> {
  const inside = new Set([
    ...[...bundled.matchAll(firstLine)].map(([, name, version]) => `${name}@${version}`),
    ...(await Promise.all(beside.map((name) => installed(root, name)))),
  ]);
  const { stdout } = await promisify(execFile)(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'],
    { cwd: root, maxBuffer: 64e6 },
  );
  const bill: Bill = JSON.parse(stdout);
  const components = bill.components.filter(({ name, version }) => inside.has(`${name}@${version}`));
  const kept = new Set(components.map((component) => component['bom-ref']));
  const dependencies = bill.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  return { ...bill, components, dependencies };
}
