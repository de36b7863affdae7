/** The worker: a process of its own, so that a crash, a leak or an endless loop in a foreign codec can be ended. */
import { Socket } from 'node:net';
import { Problem } from '../../common/problem.ts';
import { fontsFile } from '../native/fonts.ts';
import { plainReason } from '../native/plain_reason.ts';
import { type Frame, readFrames, writeFrame } from './frame.ts';
import { native, tasks } from './tasks.ts';
import { isTrap } from './trap.ts';

/** Text looks the same here as in the engine. */
process.env.FONTCONFIG_FILE ??= fontsFile;

/** The engine's end of this is the fourth entry of `stdio`. */
const link = new Socket({ fd: 3 });
const maxRequestBytes = 2 ** 31;

const nothing = Buffer.alloc(0);
const failed = (error: unknown): Frame => {
  const isProblem = error instanceof Problem;
  const message = isProblem ? error.message : `image could not be processed: ${plainReason(error)}`;
  const code = isProblem ? error.code : 'unprocessable';
  return { facts: { problem: { code, message: message.slice(0, 500) } }, data: nothing };
};

async function outcome(request: Frame): Promise<Frame> {
  try {
    const task = await tasks[String(request.facts.task)]?.();
    if (task === undefined) throw new Problem('internal', `no task ${request.facts.task}`);
    return await task(request);
  } catch (error) {
    if (isTrap(error)) process.exit(1);
    return failed(error);
  }
}

/** Only glibc was told to hand out memory as zeros (see the environment of the worker). */
const wipesMemory = (): boolean => {
  // Names of the peers' hosts would be looked up.
  Object.assign(process.report, { excludeNetwork: true });
  return 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;
};
let wipes: boolean | undefined;

/** Whether the next job could find something of this one in memory. */
function isSoiled({ facts }: Frame): boolean {
  if (!native.has(String(facts.task))) return false;
  wipes ??= wipesMemory();
  return !wipes;
}

async function answer(request: Frame): Promise<Frame> {
  const { facts, data } = await outcome(request);
  return { facts: { ...facts, residentBytes: process.memoryUsage.rss(), soiled: isSoiled(request) }, data };
}

readFrames(link, maxRequestBytes, async (request) => writeFrame(link, await answer(request)));
link.on('close', () => process.exit(0));
