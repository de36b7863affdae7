import dns from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from './hosts_file.ts';

export interface QueryOptions {
  readonly signal: AbortSignal;
  /** Name servers instead of those in resolv.conf, as `address:port`. */
  readonly servers?: readonly string[] | undefined;
}

/** Longest wait for the second address family after the first has answered: some name servers drop AAAA queries. */
const graceMs = 300;
/** Timeout of one query to one name server. c-ares doubles it with every further try. */
const tryMs = 2_000;
const tries = 3;

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code);

/** Whether the name does not exist or has no address. */
export const isUnknownName = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(codeOf(error));

/** Of both families' errors, the one that says more than "no address". */
const worse = ({ errors }: AggregateError): unknown => errors.find((one) => !isUnknownName(one)) ?? errors[0];

/**
 * Queries the addresses of a full name, IPv4 first. c-ares needs no thread; each query has its own resolver, so that
 * it can be cancelled.
 * @throws the error of c-ares (code `ENOTFOUND`, `ETIMEOUT`, ...).
 */
export async function queryAddresses(name: string, { signal, servers }: QueryOptions): Promise<Address[]> {
  signal.throwIfAborted();
  const resolver = new dns.Resolver({ timeout: tryMs, tries });
  if (servers) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const found: Address[] = [];
  const take = (family: 4 | 6) => (addresses: readonly string[]) =>
    void found.push(...addresses.map((address) => ({ address, family })));
  try {
    const families = [resolver.resolve4(name).then(take(4)), resolver.resolve6(name).then(take(6))];
    await Promise.any(families);
    await Promise.race([Promise.allSettled(families), sleep(graceMs, undefined, { ref: false, signal })]);
    return found.sort((a, b) => a.family - b.family);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError ? worse(error) : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
