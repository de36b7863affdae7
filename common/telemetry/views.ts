import type { Attributes } from '@opentelemetry/api';
import type { metrics as sdkMetrics } from '@opentelemetry/sdk-node';
import { type Labels, labelsOf, type MetricName, metrics } from './instruments.ts';

/**
 * A view for each metric of the table: exported labels are those of the metric, each with a value of its closed set.
 * `formatNames`: all names of picture formats.
 */
export const closeLabels = (formatNames: ReadonlySet<string>): sdkMetrics.ViewOptions[] =>
  (Object.keys(metrics) as MetricName[]).map((instrumentName) => ({
    meterName: 'imagetx',
    instrumentName,
    attributesProcessors: [
      {
        process: (incoming: Attributes) => labelsOf(metrics[instrumentName], incoming as Labels, formatNames),
      },
    ],
  }));
