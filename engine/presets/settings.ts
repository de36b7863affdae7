import type { FieldTable } from '../../common/fields/field.ts';

/** Where a program finds its presets; every program that plans conversions includes this table in its own. */
export const presetFields = {
  PRESETS: {
    kind: 'string',
    doc: 'File of presets, YAML or JSON, or its gs:// URL; read at the start. All programs should have the same one.',
    example: 'gs://my-project-imagetx-records/presets.yaml',
  },
} as const satisfies FieldTable;
