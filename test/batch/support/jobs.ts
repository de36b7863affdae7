import type { Job } from '../../../convert_batch/job.ts';
import { source } from './rig.ts';

/** The job of `logo.png` as JPEG. */
export const jobFor = (generation: string, change: Partial<Job> = {}): Job => ({
  format: 'jpg',
  source: 'logo.png',
  name: '1.jpg',
  bucket: source,
  generation,
  params: '',
  outputs: '[]',
  fault: '',
  attempt: 0,
  traceparent: '',
  ...change,
});
