import { observe } from './record.ts';

interface Load {
  readonly running: number;
  readonly waiting: number;
}

/** Shows a gate's load whenever metrics leave. */
export const observeLine = (load: () => Load): (() => void) =>
  observe('imagetx/line', () => {
    const { running, waiting } = load();
    return [
      { value: running, labels: { state: 'running' } },
      { value: waiting, labels: { state: 'waiting' } },
    ];
  });
