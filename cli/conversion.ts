import { asProblem, Problem } from '../common/problem.ts';
import type { Job } from '../convert_batch/job.ts';
import { conversionFor } from '../convert_batch/run/conversion.ts';
import type { Conversion } from '../engine/conversion.ts';
import type { DoorName } from '../engine/doors.ts';

/** What flags ask of the engine, known before any picture is. @throws Problem `invalid_param`. */
export function conversionAsked(
  wish: Pick<Job, 'format' | 'params' | 'fault'>,
  door: DoorName = 'batch',
): Conversion {
  try {
    return conversionFor(wish, door);
  } catch (cause) {
    throw new Problem('invalid_param', asProblem(cause).message, { cause });
  }
}
