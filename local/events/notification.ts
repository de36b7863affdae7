import type { ObjectResource } from '../storage/api/resource.ts';
import { type EventRequest, eventId } from './cloud_event.ts';

/** Metadata of a stored event that is not of the object itself. */
const overwrote = 'overwroteGeneration';

/** The object with the generation that it replaced, as the store of undelivered events keeps it. */
export const withOverwritten = (object: ObjectResource, generation: string | undefined): ObjectResource =>
  generation === undefined ? object : { ...object, [overwrote]: generation };

export interface NotificationNames {
  readonly project: string;
  readonly subscription: string;
}

/**
 * A notification of Cloud Storage as Pub/Sub pushes it: the object's resource, base64-encoded, and attributes.
 * Every delivery of one event has the same message id.
 */
export function pushRequest(
  event: ObjectResource,
  { project, subscription }: NotificationNames,
): EventRequest {
  const { [overwrote]: replaced, ...object } = event;
  const id = eventId(object);
  const time = String(object.updated);
  const attributes = {
    notificationConfig: `projects/_/buckets/${object.bucket}/notificationConfigs/1`,
    eventType: 'OBJECT_FINALIZE',
    payloadFormat: 'JSON_API_V1',
    bucketId: object.bucket,
    objectId: object.name,
    objectGeneration: object.generation,
    eventTime: time,
    ...(replaced === undefined ? {} : { [overwrote]: replaced }),
  };
  const message = {
    attributes,
    data: Buffer.from(`${JSON.stringify(object, undefined, 2)}\n`).toString('base64'),
    messageId: id,
    message_id: id,
    publishTime: time,
    publish_time: time,
  };
  return {
    path: '',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    },
    body: JSON.stringify({ message, subscription: `projects/${project}/subscriptions/${subscription}` }),
  };
}
