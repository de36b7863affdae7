import type { ObjectInfo } from '../cloud/storage.ts';

/** The source of an object, kept in the object's metadata. The newest generation wins, whatever the order of tasks. */
export interface Origin {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
}

export const sourceMetadata = ({ bucket, name, generation }: Origin): Readonly<Record<string, string>> => ({
  'source-bucket': bucket,
  'source-name': name,
  'source-generation': generation,
});

function readOrigin({ metadata }: ObjectInfo, prefix: 'source' | 'replaced'): Origin | undefined {
  const [bucket, name, generation = ''] = ['bucket', 'name', 'generation'].map(
    (key) => metadata[`${prefix}-${key}`],
  );
  if (bucket === undefined || name === undefined || !/^\d{1,19}$/.test(generation)) return undefined;
  return { bucket, name, generation };
}

/** undefined when imagetx did not make the object from a source. */
export const originOf = (object: ObjectInfo): Origin | undefined => readOrigin(object, 'source');

/** The other source whose output this object replaced. */
export const replacedOf = (object: ObjectInfo): Origin | undefined => readOrigin(object, 'replaced');

export const isSameSource = (a: Origin, b: Origin): boolean => a.bucket === b.bucket && a.name === b.name;

/** Metadata that names the source whose output is replaced: a later task records that if this one is cut off. */
export function replacedMetadata(
  current: ObjectInfo | undefined,
  origin: Origin,
): Readonly<Record<string, string>> {
  const other = current && originOf(current);
  const replaced = other && isSameSource(other, origin) ? replacedOf(current) : other;
  if (replaced === undefined) return {};
  const { bucket, name, generation } = replaced;
  return { 'replaced-bucket': bucket, 'replaced-name': name, 'replaced-generation': generation };
}

/** Below 0 when `a` is older, 0 when both are the same. Two sources of one generation are ordered by name. */
export function compareOrigins(a: Origin, b: Origin): number {
  const [left, right] = [BigInt(a.generation), BigInt(b.generation)];
  if (left !== right) return left < right ? -1 : 1;
  const [one, other] = [`${a.bucket}/${a.name}`, `${b.bucket}/${b.name}`];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Whether the object was made from the same source, at this generation or a newer one. */
export function isSameOrNewer(object: ObjectInfo, origin: Origin): boolean {
  const other = originOf(object);
  return other !== undefined && isSameSource(other, origin) && compareOrigins(other, origin) >= 0;
}
