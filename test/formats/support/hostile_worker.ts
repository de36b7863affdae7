/** A worker that behaves like broken codecs. */
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { type Message, readMessages, writeMessage } from '../../../engine/codec_worker/message.ts';

const link = new Socket({ fd: 3 });
const said = (details: Message['details'], data: Buffer = Buffer.alloc(0)): void =>
  writeMessage(link, { details, data });

const deeds: Readonly<Record<string, (frame: Message) => void>> = {
  echo: ({ data }) => said({ pid: process.pid }, data),
  environment: () => said({ names: Object.keys(process.env) }),
  exit: () => process.exit(3),
  abort: () => process.abort(),
  spin: () => {
    for (;;);
  },
  grow: () => said({ pid: process.pid, residentBytes: 10e9 }),
  refuse: () => said({ problem: { code: 'corrupt_image', message: 'no picture' } }),
  writeFile: ({ details }) => {
    try {
      writeFileSync(String(details.path), 'x');
      said({ wrote: true });
    } catch (error) {
      said({ wrote: false, code: (error as NodeJS.ErrnoException).code });
    }
  },
};

readMessages(link, 2 ** 31, (frame) => deeds[String(frame.details.task)]?.(frame));
link.on('close', () => process.exit(0));
