import { Problem } from './problem.ts';

/** The system's codes in a sentence. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does; set PORT to a free one',
  EACCES: 'this user may not; set PORT to one from 1024 on',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to one of its own',
  ENOTFOUND: 'there is no such host; set HOST to an address of this machine',
};

/** Why a program cannot listen there. */
export function listenFault(
  cause: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Problem {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const reason = reasons[cause.code ?? ''] ?? cause.message;
  return new Problem('unprocessable', `cannot listen on ${place}: ${reason}`, { cause });
}
