import { afterAll } from '@jest/globals';
import sharp from 'sharp';
import { type Response, type Server, send, startWith } from '../imaginary/server.ts';

export { type Server, send };

/** Things that close when the tests of a file are done. */
const open: { close(): Promise<unknown> | unknown }[] = [];
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
});

export const closeAtEnd = <T extends { close(): Promise<unknown> | unknown }>(one: T): T => {
  open.push(one);
  return one;
};

/** Starts a server with these flags; it closes when the tests are done. */
export async function startServer(
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const server = await startWith(flags, env);
  if (typeof server === 'number') throw new Error(`the server did not start: ${server}`);
  closeAtEnd(server.running);
  return server;
}

export const get = (
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => send(url, { method: 'GET', path, headers });

export const post = (
  url: string,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  send(url, { method: 'POST', path, headers: { 'content-length': body.length, ...headers }, body });

/** A picture to send. */
export const picture = (
  width = 60,
  height = 40,
  format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png',
): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#2a6' } })
    .toFormat(format)
    .toBuffer();

export const messageOf = ({ body }: Response): string => JSON.parse(body.toString()).message;

export const sizeOf = async ({ body }: Response) => {
  const { format, width, height } = await sharp(body).metadata();
  return { format, width, height };
};
