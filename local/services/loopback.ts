import { Server } from 'node:net';

type Listen = typeof Server.prototype.listen;

/** The arguments of `listen` with an address. Most programs pass only a port, which means all addresses. */
function withHost(args: readonly unknown[], host: string): readonly unknown[] {
  const [first, second, ...rest] = args;
  if (/^\d+$/.test(String(first)))
    return typeof second === 'string' ? args : [first, host, ...(second == null ? [] : [second]), ...rest];
  if (typeof first !== 'object' || first === null || !('port' in first)) return args;
  return 'host' in first && first.host ? args : [{ ...first, host }, second, ...rest];
}

/** Makes every server of this process that sets no address listen on `host`. */
export function listenOnlyOn(host: string): void {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    return Reflect.apply(listen, this, withHost(args, host));
  } as Listen;
}
