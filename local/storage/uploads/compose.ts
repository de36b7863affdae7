import { createReadStream } from 'node:fs';
import { bodyText, type Call, sendJson } from '../api/call.ts';
import { refusal } from '../api/refusal.ts';
import { objectResource } from '../api/resource.ts';
import { jsonObject, mergeAttributes, type StoredObject } from '../objects/object.ts';
import { checkPreconditions } from '../objects/preconditions.ts';
import type { DiskStore } from '../objects/store.ts';

/** Limit of Cloud Storage for one call. */
const maxSources = 32;

type Json = Readonly<Record<string, unknown>>;
const asJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function sourceOf({ store, params }: Call, value: unknown): StoredObject {
  const { name, generation, objectPreconditions } = asJson(value);
  const path = { bucket: params.bucket ?? '', name: String(name ?? '') };
  const object = store.catalogue.get(path, asNumber(generation));
  const ifGenerationMatch = asNumber(asJson(objectPreconditions).ifGenerationMatch);
  checkPreconditions(ifGenerationMatch === undefined ? {} : { ifGenerationMatch }, object);
  return object;
}

async function* bytesOf(store: DiskStore, sources: readonly StoredObject[]): AsyncGenerator<Buffer> {
  for (const source of sources) yield* createReadStream(store.blob(source));
}

const countOf = (sources: readonly StoredObject[]): number =>
  sources.reduce((sum, { componentCount = 1 }) => sum + componentCount, 0);

/** `objects.compose`: concatenates up to 32 objects of a bucket into one, which may replace one of them. */
export async function composeObject(call: Call): Promise<void> {
  const { store, params, query, preconditions, base } = call;
  const { sourceObjects, destination } = jsonObject(await bodyText(call.body));
  const listed = Array.isArray(sourceObjects) ? sourceObjects : [];
  if (listed.length === 0 || listed.length > maxSources)
    throw refusal(
      400,
      `The number of source components must be between 1 and ${maxSources}: ${listed.length}`,
    );
  const sources = listed.map((one) => sourceOf(call, one));
  const target = { bucket: params.bucket ?? '', name: params.object ?? '' };
  checkPreconditions(preconditions, store.catalogue.find(target));
  const { md5Hash: _, ...staged } = await store.stage(bytesOf(store, sources));
  const predefinedAcl = query.get('destinationPredefinedAcl');
  const object = await store.write({
    ...target,
    staged: { ...staged, componentCount: countOf(sources) },
    attributes: mergeAttributes({}, asJson(destination)),
    preconditions,
    ...(predefinedAcl === null ? {} : { predefinedAcl }),
  });
  sendJson(call, 200, objectResource(object, base));
}
