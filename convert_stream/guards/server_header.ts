import type { Guard } from '../http/exchange.ts';
import { version } from '../http/version.ts';

const server = `imaginary ${version} (bimg ${version})`;

export const serverGuard: Guard = ({ res }) => {
  res.setHeader('server', server);
  return undefined;
};
