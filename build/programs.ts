/** A folder of dist/: its bundles, and the files they need. */
export interface Program {
  readonly folder: string;
  /** Name of the bundle -> its entry source: ES modules, and CommonJS ones. */
  readonly entries: Readonly<Record<string, string>>;
  readonly commonEntries: Readonly<Record<string, string>>;
  /** Files and folders that are copied: target -> source. */
  readonly copies: Readonly<Record<string, string>>;
  /** Fields of its package.json besides name and version. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Packages to install beside the bundle when it is deployed without an image. */
  readonly needs: readonly string[];
}

/** The worker process of the optional engines, and the font of text. */
const worker = 'engine/codec_worker/main.ts';
const fonts = 'engine/native/fonts';

export const programs: readonly Program[] = [
  {
    folder: 'imagetx',
    entries: { worker },
    commonEntries: {
      main: 'build/launch/imagetx.ts',
      service: 'convert_stream/main.ts',
      command: 'cli/main.ts',
    },
    copies: { fonts },
    about: { main: 'service.cjs', bin: { imagetx: 'command.cjs' } },
    needs: ['sharp'],
  },
  {
    folder: 'imagebatch',
    entries: { worker },
    commonEntries: { main: 'build/launch/imagebatch.ts', service: 'convert_batch/run/main.ts' },
    copies: { fonts },
    about: { main: 'service.cjs' },
    needs: ['sharp'],
  },
  {
    folder: 'fan',
    entries: { index: 'convert_batch/gcf/index.ts' },
    commonEntries: {},
    copies: {},
    about: {
      main: 'index.js',
      scripts: { start: 'functions-framework --target=Fan --signature-type=cloudevent' },
    },
    needs: ['@google-cloud/functions-framework'],
  },
];

/** Optional engines, native or WebAssembly. Each is used where it is installed. */
export const engines: readonly string[] = [
  '@imagemagick/magick-wasm',
  '@hyzyla/pdfium',
  '@neplex/vectorizer',
];

/** Packages outside of all bundles: the engines, and the framework, which must be the same instance for Fan. */
export const outside: readonly string[] = [...engines, '@google-cloud/functions-framework'];
