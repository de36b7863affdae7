/** Cloud Storage orders names by their UTF-8 bytes. */
export const compareNames = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const isAfter = (name: string, other: string): boolean => compareNames(name, other) > 0;

/** The names from `from` (inclusive) to `to` (exclusive); an empty text means no bound. */
export interface NameRange {
  readonly from: string;
  readonly to: string;
}
