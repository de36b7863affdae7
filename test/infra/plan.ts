import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What Terraform would make, by address; and the hash of the configuration it was planned from. */
export interface Planned {
  readonly configuration: string;
  readonly resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Plan {
  readonly planned_values: {
    readonly root_module: {
      readonly resources: readonly {
        readonly address: string;
        readonly mode: string;
        readonly values: Record<string, unknown>;
      }[];
    };
  };
}

const NUMBER = '123456789012';

/** Hash of all .tf files of a folder, so that a plan made from older ones is noticed without Terraform. */
export function hashOfConfiguration(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith('.tf'))
    .sort())
    hash.update(`${name}\n${readFileSync(join(folder, name), 'utf8')}`);
  return hash.digest('hex');
}

/** The plan without what is empty or known only after apply; the project's number as the fake gcloud gives it. */
export function plannedOf(plan: Plan, folder: string): Planned {
  const managed = plan.planned_values.root_module.resources.filter(({ mode }) => mode === 'managed');
  const entries = managed.map(({ address, values }) => [address, pruned(values) ?? {}] as const);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return { configuration: hashOfConfiguration(folder), resources: Object.fromEntries(entries) as never };
}

function pruned(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value === 'string') return value.replace('fake:data.google_project.number', NUMBER);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const kept = value.map(pruned).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const result = pruned(inner);
    return result === undefined ? [] : [[name, result]];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

// `terraform show -json PLAN | node test/infra/plan.ts FOLDER` prints planned.json.
if (import.meta.main) {
  const plan: Plan = JSON.parse(await text(process.stdin));
  console.log(JSON.stringify(plannedOf(plan, process.argv[2] ?? '.'), null, 2));
}
