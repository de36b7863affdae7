/** Imports go down the floors only, never sideways; each heavy package has one door. */
const floors = [
  ['common', 'client'],
  ['engine', 'cloud', 'playground'],
  ['convert_stream', 'convert_batch'],
  ['cli', 'local', 'package'],
];
const all = floors.flat().join('|');

/** Direct uploads are planned as Fan plans them: this room also imports what Fan and the converter share. */
const direct = '^convert_stream/direct/';

/** A rule for each folder: it imports only itself and the floors below. `within` is the folder they are in. */
const downOnly = (levels, within = '') =>
  levels.flatMap((folders, level) =>
    folders.map((folder) => ({
      name: `${within}${folder} imports only itself and the floors below`,
      severity: 'error',
      from: { path: `^${within}${folder}/`, pathNot: direct },
      to: {
        path: within === '' ? `^(${all}|bench|test|infra)/` : `^${within}`,
        pathNot: `^${within}(${[folder, ...levels.slice(0, level).flat()].join('|')})/`,
      },
    })),
  );

/** Rooms of the service; what lies beside them (main, serve, app) puts them together. */
const serviceFloors = [
  ['settings'],
  ['http'],
  ['upload'],
  ['guards'],
  ['context'],
  ['direct'],
  ['inline', 'onthefly'],
];

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
  from: { path: `^(${all})/`, pathNot: door },
  to: { path: `node_modules/${name}/`, dependencyTypesNot: ['type-only'] },
}));

/** What other folders may import of the engine. */
const faces = '^engine/(index|catalog|settings)\\.ts$';

module.exports = {
  forbidden: [
    ...downOnly(floors),
    ...downOnly(serviceFloors, 'convert_stream/'),
    ...oneDoor,
    {
      name: 'direct uploads import the service and what Fan and the converter share',
      severity: 'error',
      from: { path: direct },
      to: {
        path: `^(${all}|bench|test|infra)/`,
        pathNot: `^(common|engine|cloud)/|^convert_batch/[^/]+$|^convert_stream/(direct|${serviceFloors.slice(0, -2).flat().join('|')})/`,
      },
    },
    {
      name: 'the engine has a face: index.ts, and without sharp catalog.ts and settings.ts',
      severity: 'error',
      from: { path: `^(${all})/`, pathNot: '^engine/' },
      to: { path: '^engine/', pathNot: faces },
    },
    {
      name: 'Fan and the converter share only what lies in convert_batch/',
      severity: 'error',
      from: { path: '^convert_batch/(gcf|run)/' },
      to: { path: '^convert_batch/(gcf|run)/', pathNot: '^convert_batch/$1/' },
    },
    {
      name: 'what Fan and the converter share knows neither',
      severity: 'error',
      from: { path: '^convert_batch/[^/]+$' },
      to: { path: '^convert_batch/(gcf|run)/' },
    },
    {
      name: "the page's code runs in a browser: the service imports its bundle and its types only",
      severity: 'error',
      from: { path: `^(${all})/`, pathNot: '^playground/app/' },
      to: { path: '^playground/app/' },
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
