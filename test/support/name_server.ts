import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIP } from 'node:net';

/** The addresses of a name; undefined: no answer, an empty list: NXDOMAIN. */
export type Answers = (name: string, family: 4 | 6) => readonly string[] | 'failure' | undefined;

const types: Readonly<Record<number, 4 | 6>> = { 1: 4, 28: 6 };
const bytesOf = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const middle = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0');
  const all = [...groups(head), ...middle, ...groups(tail)];
  return Buffer.concat(all.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
};

function nameIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function reply(query: Buffer, question: Buffer, answer: readonly string[] | 'failure'): Buffer {
  const addresses = answer === 'failure' ? [] : answer;
  const code = answer === 'failure' ? 2 : 0;
  const head = Buffer.from([0, 0, 0x81, 0x80 | code, 0, 1, 0, addresses.length, 0, 0, 0, 0]);
  query.copy(head, 0, 0, 2);
  const records = addresses.map((address) => {
    const data = bytesOf(address);
    const type = data.length === 4 ? 1 : 28;
    return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
  });
  return Buffer.concat([head, question, ...records]);
}

/** A name server on loopback; `asked` grows with each query. */
export async function startNameServer(answers: Answers) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, end } = nameIn(query);
    const family = types[query.readUInt16BE(end)];
    asked.push(`${name} ${family === 4 ? 'A' : 'AAAA'}`);
    const answer = family && answers(name, family);
    if (answer) socket.send(reply(query, query.subarray(12, end + 4), answer), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { asked, address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}
