import { cloudEvent } from '@google-cloud/functions-framework';
import { CloudTasksClient } from '@google-cloud/tasks';
import { credentials } from '@grpc/grpc-js';

// In the place of Fan: one task per word in the metadata `formats`.
const { CLOUD_TASKS_ENDPOINT, PROJECT_ID = '', LOCATION = '', QUEUE = '', RUN_URL, ...env } = process.env;
const { hostname, port } = new URL(CLOUD_TASKS_ENDPOINT ?? '');
const sslCreds = credentials.createInsecure();
const client = new CloudTasksClient({ apiEndpoint: hostname, port: Number(port), sslCreds });
const parent = client.queuePath(PROJECT_ID, LOCATION, QUEUE);

type StoredObject = { readonly name: string; readonly metadata?: Record<string, string> };

cloudEvent('Fan', async (event: { data?: StoredObject }) => {
  const { name = '', metadata = {} } = event.data ?? {};
  for (const format of metadata.formats?.split(',') ?? []) {
    const body = new URLSearchParams({ format, source: name, name: `${metadata.name}.${format}` });
    const oidcToken = { serviceAccountEmail: env.SERVICE_ACCOUNT ?? '', audience: env.RUN_AUDIENCE ?? '' };
    const httpRequest = { url: `${RUN_URL}/convert`, body: Buffer.from(body.toString()), oidcToken };
    await client.createTask({ parent, task: { httpRequest } });
  }
});
