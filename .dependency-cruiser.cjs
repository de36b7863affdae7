/** Imports go down the floors only, never sideways, and each heavy package has one door. */
const floors = [['common'], ['engine', 'cloud'], ['convert_stream', 'convert_batch'], ['cli', 'local']];

const downOnly = floors.flatMap((folders, floor) =>
  folders.map((folder) => ({
    name: `${folder} imports only itself and the floors below`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: {
      path: '^(common|engine|cloud|convert_stream|convert_batch|cli|local|bench|test|infra)/',
      pathNot: `^(${[folder, ...floors.slice(0, floor).flat()].join('|')})/`,
    },
  })),
);

const doors = {
  sharp: '^engine/',
  '@google-cloud/(storage|tasks)': '^cloud/',
  '@google-cloud/functions-framework': '^convert_batch/gcf/',
  multer: '^convert_stream/',
  '@opentelemetry/(sdk|exporter|resources)[^/]*': '^common/',
  '@google-cloud/opentelemetry-cloud-monitoring-exporter': '^common/',
};

const oneDoor = Object.entries(doors).map(([name, door]) => ({
  name: `${name} has one door: ${door}`,
  severity: 'error',
  from: { path: '^(common|engine|cloud|convert_stream|convert_batch|cli|local)/', pathNot: door },
  to: { path: `node_modules/${name}/`, dependencyTypesNot: ['type-only'] },
}));

module.exports = {
  forbidden: [
    ...downOnly,
    ...oneDoor,
    {
      name: 'Fan and the converter share only job.ts',
      severity: 'error',
      from: { path: '^convert_batch/(gcf|run)/' },
      to: { path: '^convert_batch/(gcf|run)/', pathNot: '^convert_batch/$1/' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true },
};
