/** The codec worker: a separate process, so that a crash, a leak or an endless loop in a foreign codec can be ended. */
import { Socket } from 'node:net';
import { Problem } from '../../common/problem.ts';
import { fontsFile } from '../native/environment.ts';
import { plainReason } from '../native/plain_reason.ts';
import { type Message, readMessages, writeMessage } from './message.ts';
import { isTrap } from './task.ts';
import { nativeTasks, tasks } from './tasks.ts';

/** Text looks the same here as in the engine. */
process.env.FONTCONFIG_FILE ??= fontsFile;

/** The other end of this socket is the fourth entry of `stdio` in the engine. */
const link = new Socket({ fd: 3 });
const maxRequestBytes = 2 ** 31;

const nothing = Buffer.alloc(0);
const failureMessage = (error: unknown): Message => {
  const isProblem = error instanceof Problem;
  const message = isProblem ? error.message : `image could not be processed: ${plainReason(error)}`;
  const code = isProblem ? error.code : 'unprocessable';
  return { details: { problem: { code, message: message.slice(0, 500) } }, data: nothing };
};

async function runTask(request: Message): Promise<Message> {
  try {
    const task = await tasks[String(request.details.task)]?.();
    if (task === undefined) throw new Problem('internal', `no task ${request.details.task}`);
    return await task(request);
  } catch (error) {
    if (isTrap(error)) process.exit(1);
    return failureMessage(error);
  }
}

/** Whether the C library clears memory before it hands it out: only glibc has that setting (see `child.ts`). */
const clearsMemory = (): boolean => {
  // Otherwise the report looks up the names of connected hosts.
  Object.assign(process.report, { excludeNetwork: true });
  return 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;
};
let isCleared: boolean | undefined;

/** Whether the next job could find data of this one in memory. */
function isSoiled({ details }: Message): boolean {
  if (!nativeTasks.has(String(details.task))) return false;
  isCleared ??= clearsMemory();
  return !isCleared;
}

async function answerTo(request: Message): Promise<Message> {
  const { details, data } = await runTask(request);
  return {
    details: { ...details, residentBytes: process.memoryUsage.rss(), soiled: isSoiled(request) },
    data,
  };
}

readMessages(link, maxRequestBytes, async (request) => writeMessage(link, await answerTo(request)));
link.on('close', () => process.exit(0));
