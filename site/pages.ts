/**
 * The pages of the site, in the order of its menu. A page comes from one file of the repository, or from sections of
 * one. `README.md#Heading` is the section under that heading.
 */
export interface Page {
  /** The path on the site, without `.html`. */
  readonly path: string;
  readonly title: string;
  readonly from: readonly string[];
}

export interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

const page = (path: string, title: string, ...from: readonly string[]): Page => ({
  path,
  title,
  from: from.length > 0 ? from : [`docs/${path}.md`],
});

export const groups: readonly Group[] = [
  {
    title: 'Guides',
    pages: [
      page('start', 'Two minutes', 'README.md#Two minutes'),
      page('playground', 'Playground', 'site/playground.md'),
      page('doors', 'Three doors', 'README.md#The doors', 'README.md#How it works'),
      page('recipes', 'Recipes'),
      page('presets', 'Presets'),
      page('clients', 'Web pages'),
      page('placeholders', 'Placeholders'),
      page('results', 'Kept results'),
      page('batch', 'Batch'),
      page('uploads', 'Direct uploads'),
      page('events', 'Events'),
      page('scale', 'Scale'),
      page('signing', 'Signed URLs'),
      page('deploy', 'Deploy'),
      page('containers', 'Containers and services'),
      page('upgrading', 'Upgrading'),
      page('telemetry', 'Traces and metrics'),
    ],
  },
  {
    title: 'Moving here',
    pages: [
      page('migrate-imaginary', 'From Imaginary'),
      page('nextcloud', 'Nextcloud previews'),
      page('migrate-firebase-resize', 'From Firebase resize-images'),
      page('migrate-go-sample', 'From the Go sample'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      page('operations', 'Operations'),
      page('formats', 'Formats'),
      page('commands', 'Command line'),
      page('library', 'Library'),
      page('configuration', 'Configuration'),
      page('metrics', 'Metrics'),
      page('figures', 'Figures'),
      page('corpora', 'Other decoders'),
    ],
  },
  {
    title: 'Project',
    pages: [
      page('local', 'The local cloud', 'local/README.md'),
      page('changelog', 'Changelog', 'CHANGELOG.md'),
      page('security', 'Security', 'SECURITY.md'),
      page('contributing', 'Contributing', 'CONTRIBUTING.md'),
    ],
  },
];

export const allPages: readonly Page[] = groups.flatMap(({ pages }) => pages);
