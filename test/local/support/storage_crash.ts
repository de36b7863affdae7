import files from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';

/**
 * Stops the store before each single file operation and each change of its records in a scenario in turn, as a kill
 * there would, half of a file written; opens the rest and prints whether it is the state before or after the step.
 */
const [root = ''] = process.argv.slice(2);
let callsLeft = Number.POSITIVE_INFINITY;
let crash = () => {};
const never = new Promise<never>(() => {});
const stopped = new Error('the process was stopped');
type Call = (...args: unknown[]) => unknown;

/** Replaces functions of a module by ones that call `stop` instead once no calls are left. */
function stopIn(module: object, names: readonly string[], stop: () => unknown): void {
  const functions = module as Record<string, Call>;
  for (const name of names) {
    const real = functions[name] as Call;
    functions[name] = function (this: unknown, ...args) {
      if (callsLeft-- > 0) return real.apply(this, args);
      if (name === 'writeFileSync') real(args[0], String(args[1]).slice(0, String(args[1]).length / 2));
      crash();
      return stop();
    };
  }
}

const throwStopped = () => {
  throw stopped;
};
stopIn(files, ['openSync', 'renameSync', 'rmSync', 'writeFileSync'], throwStopped);
stopIn(StatementSync.prototype, ['run'], throwStopped);
stopIn(fs, ['copyFile'], () => never);
syncBuiltinESMExports();
const { DiskStore } = await import('../../../local/storage/objects/store.ts');
type Store = Awaited<ReturnType<typeof DiskStore.open>>;

const path = (name: string) => ({ bucket: 'pictures', name });
async function put(store: Store, name: string, text: string): Promise<void> {
  async function* content() {
    yield Buffer.from(text);
  }
  await store.write({ ...path(name), staged: await store.stage(content()), attributes: {} });
}

const steps: readonly ((store: Store) => unknown)[] = [
  (store) => store.createBucket('pictures'),
  (store) => put(store, 'a', 'first'),
  (store) => put(store, 'a', 'second'),
  (store) => store.patch(path('a'), () => ({ contentType: 'image/png' })),
  (store) => store.copy(store.catalogue.get(path('a')), { ...path('b'), attributes: {} }),
  (store) => store.remove(path('a'), () => {}),
];

/** Everything a client can see, in one text; @throws when an object is not whole. */
async function stateOf(store: Store): Promise<string> {
  if (!store.catalogue.has('pictures')) return 'no bucket';
  const { items } = store.catalogue.list('pictures', { prefix: '', delimiter: '', maxResults: 1000 });
  const texts = items.map(async (object) => {
    const text = await fs.readFile(store.blob(object), 'utf8');
    if (text.length !== object.size)
      throw new Error(`${object.name} has ${text.length} of ${object.size} bytes`);
    return `${object.name}=${text} ${object.contentType ?? ''}`;
  });
  return (await Promise.all(texts)).join(', ');
}

async function run(dir: string, calls: number) {
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  const store = await DiskStore.open(dir);
  await store.onFinalize(() => {});
  const states = [await stateOf(store)];
  const scenario = async () => {
    for (const step of steps) {
      await step(store);
      states.push(await stateOf(store));
    }
  };
  callsLeft = calls;
  const run = scenario().catch((error: unknown) => {
    if (error !== stopped) throw error;
  });
  await Promise.race([run, crashed]);
  const isCrash = callsLeft < 0;
  callsLeft = Number.POSITIVE_INFINITY;
  return { states, isCrash };
}

const whole = await run(join(root, 'whole'), Number.POSITIVE_INFINITY);
for (let calls = 0; ; calls++) {
  const dir = join(root, String(calls));
  const { states, isCrash } = await run(dir, calls);
  if (!isCrash) break;
  const found = await DiskStore.open(dir).then(stateOf).catch(String);
  const allowed = whole.states.slice(states.length - 1, states.length + 1);
  console.log(JSON.stringify({ calls, found, allowed }));
}
