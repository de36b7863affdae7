import type { Guard } from './exchange.ts';
import { version } from './version.ts';

const server = `imaginary ${version} (bimg ${version})`;

export const serverGuard: Guard = ({ res }) => {
  res.setHeader('server', server);
  return undefined;
};
