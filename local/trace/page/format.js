const fixed = (value) => value.toFixed(value < 10 ? 1 : 0);
const bytes = (value) => {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(value, 1)) / 10));
  return `${power ? fixed(value / 1024 ** power) : Math.round(value)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`;
};
export const time = (value) => (value < 1000 ? `${fixed(value)} ms` : `${(value / 1000).toFixed(2)} s`);
/** OpenTelemetry's units: the name of each, and the format of its values. */
const units = { By: ['bytes', bytes], ms: ['time', time], 1: ['count', (value) => `${Math.round(value)}`] };
export const unitOf = (unit) => units[unit] ?? [unit, (value) => `${fixed(value)} ${unit}`];
