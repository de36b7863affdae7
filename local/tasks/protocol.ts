import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

type Namespace = { nested: Record<string, Namespace> };

/** The v2 service, described by the protos inside Google's own client. */
export function cloudTasksService(): ServiceDefinition {
  const root = JSON.parse(readFileSync(protosPath(), 'utf8')) as Namespace;
  const tasks = at(root, 'google', 'cloud', 'tasks');
  // Loading the beta versions too would double the time.
  tasks.nested = { v2: at(tasks, 'v2') };
  const definitions = fromJSON(root, { longs: String, enums: String });
  return definitions['google.cloud.tasks.v2.CloudTasks'] as ServiceDefinition;
}

function at(namespace: Namespace, ...path: string[]): Namespace {
  return path.reduce((parent, name) => parent.nested[name] as Namespace, namespace);
}

/** The package does not export the JSON file, so this finds it beside an exported file. */
function protosPath(): string {
  const exported = createRequire(import.meta.url).resolve('@google-cloud/tasks/build/protos');
  return join(dirname(exported), 'protos.json');
}
