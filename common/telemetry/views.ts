import type { Attributes } from '@opentelemetry/api';
import type { metrics as sdkMetrics } from '@opentelemetry/sdk-node';
import { type Labels, labelsOf, type MetricName, metrics } from './instruments.ts';

/**
 * A view for each metric of the table: whatever was recorded, the labels that leave are those of the metric, each from
 * its closed set. `words`: every word for a picture format.
 */
export const closeLabels = (words: ReadonlySet<string>): sdkMetrics.ViewOptions[] =>
  (Object.keys(metrics) as MetricName[]).map((instrumentName) => ({
    meterName: 'imagetx',
    instrumentName,
    attributesProcessors: [
      { process: (incoming: Attributes) => labelsOf(metrics[instrumentName], incoming as Labels, words) },
    ],
  }));
