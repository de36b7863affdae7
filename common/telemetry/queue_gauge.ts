import { observe } from './record.ts';

interface Load {
  readonly running: number;
  readonly waiting: number;
}

/** Observes a gate's load at each collection of metrics. */
export const observeQueue = (load: () => Load): (() => void) =>
  observe('imagetx/line', () => {
    const { running, waiting } = load();
    return [
      { value: running, labels: { state: 'running' } },
      { value: waiting, labels: { state: 'waiting' } },
    ];
  });
