import { createHash } from 'node:crypto';
import { limitFields } from '../../engine/settings.ts';
import type { ServeConfig } from './config.ts';

const names = [
  'MOUNT',
  'ALLOWED_ORIGINS',
  'ALLOWED_PRIVATE_NETWORKS',
  'MAX_REDIRECTS',
  'MAX_ALLOWED_SIZE',
  'MAX_INPUT_BYTES',
  'MAX_ALLOWED_RESOLUTION',
  'DISABLE_ENDPOINTS',
  'AUTO_TYPE',
  ...(Object.keys(limitFields) as (keyof typeof limitFields)[]),
] as const;

/** The settings that decide what a request for a picture is answered with, or whether it is refused. */
export type DecidingConfig = Pick<ServeConfig, (typeof names)[number]>;

/** A hash of these settings: an answer that was made under others may be refused or another one now. */
export const settingsVersion = (config: DecidingConfig): string =>
  createHash('sha256')
    .update(JSON.stringify(names.map((name) => [name, config[name]])))
    .digest('base64url');
