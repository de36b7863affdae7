import { createHash } from 'node:crypto';
import type { ObjectResource } from '../storage/api/resource.ts';

export type EventRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The finalize event of an object in Eventarc's form: a CloudEvent in binary mode. */
export function finalizeRequest(object: ObjectResource): EventRequest {
  return {
    path: '/?__GCP_CloudEventsMode=GCS_NOTIFICATION',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'ce-id': eventId(object),
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-source': `//storage.googleapis.com/projects/_/buckets/${object.bucket}`,
      'ce-subject': headerText(`objects/${object.name}`),
      'ce-time': String(object.updated),
      'ce-bucket': String(object.bucket),
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
      from: 'noreply@google.com',
    },
    body: JSON.stringify(object),
  };
}

/** Sixteen digits, the same for every delivery of one generation's event. */
export function eventId({ id }: ObjectResource): string {
  const digest = createHash('sha256').update(String(id)).digest('hex');
  return BigInt(`0x${digest}`).toString().slice(0, 16);
}

/** Percent-encodes characters that headers cannot carry (CloudEvents HTTP binding, 3.1.3.2). */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|["%]/gu, encodeURIComponent);
}
