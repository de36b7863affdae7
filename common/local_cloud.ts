/** Facts about the local cloud of `npm start` that it shares with the command-line tool. */

export const localBuckets = {
  source: 'imagetx-src',
  destination: 'imagetx-dst',
  records: 'imagetx-records',
} as const;

/** The file in the state folder that describes the running local cloud. */
export const runningFile = 'running.json';
