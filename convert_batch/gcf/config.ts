import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';
import { programFields } from '../../common/settings.ts';
import { telemetryFields } from '../../common/telemetry/settings.ts';
import { bucketFields, planFields } from '../plan_fields.ts';
import { queueFields } from '../queue_fields.ts';

/** Every setting of the function `Fan`. */
export const fanFields = {
  ...bucketFields,
  ...programFields,
  PROJECT_ID: { ...programFields.PROJECT_ID, required: true },
  ...queueFields,
  ...planFields,
  ...telemetryFields,
} as const satisfies FieldTable;

export type FanConfig = ValuesOf<typeof fanFields>;

/** Checks settings that depend on each other. @throws Problem `invalid_param`. */
export function checkFanConfig({ SRC_BUCKET_NAME, DEST_BUCKET_NAME, DEST_PREFIX }: FanConfig): void {
  if (SRC_BUCKET_NAME === DEST_BUCKET_NAME && DEST_PREFIX === '') {
    throw new Problem(
      'invalid_param',
      `DEST_BUCKET_NAME: expected another bucket than SRC_BUCKET_NAME, or DEST_PREFIX set, got ${DEST_BUCKET_NAME} for both: outputs would trigger conversions without end`,
    );
  }
}
