import { Problem } from '../problem.ts';

/** The system's error codes in plain words, with the remedy. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port; set %PORT to a free one',
  EACCES: 'this user may not use ports below 1024; set %PORT to a higher one',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to one of its addresses',
  ENOTFOUND: 'unknown host; set HOST to an address of this machine',
};

interface Place {
  readonly host: string;
  readonly port: number;
  /** The name of the setting that has the port. */
  readonly portSetting?: string | undefined;
}

/** The Problem that tells why a program cannot listen. */
export function listenProblem(
  cause: NodeJS.ErrnoException,
  { host, port, portSetting = 'PORT' }: Place,
): Problem {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const reason = reasons[cause.code ?? '']?.replace('%PORT', portSetting) ?? cause.message;
  return new Problem('unprocessable', `cannot listen on ${place}: ${reason}`, { cause });
}
