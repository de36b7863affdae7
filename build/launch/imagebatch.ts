/** Starts the converter. */
import { tuneGcForThroughput } from '../../common/gc.ts';
import { runBundle } from './run_bundle.ts';

const { env } = process;
runBundle('service.cjs', tuneGcForThroughput, env);
