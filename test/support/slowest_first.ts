import { relative } from 'node:path';
import sequencer from '@jest/test-sequencer';

/**
 * Test files that take longest, slowest first, in `test/`. They start first, so that no worker is left with a long file
 * while the other has nothing to do. The others follow as Jest orders them: by their last duration, else by size.
 */
export const slowest: readonly string[] = [
  'hostile/mutants.test.ts',
  'formats/upright.test.ts',
  'formats/same_picture.test.ts',
  'formats/matrix.test.ts',
  'formats/poison.test.ts',
  'engine/drawn_colour.test.ts',
  'hostile/held_pixels.test.ts',
  'build/bundles.test.ts',
];

/** The package's types tell of its CommonJS build, where the class is `default`; Node imports the other one. */
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];
type Test = Tests[number];

/** Jest's order of test files, with the slowest ones first. */
export default class SlowestFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Test[]> {
    const place = ({ path, context }: Test): number => {
      const at = slowest.indexOf(relative(`${context.config.rootDir}/test`, path));
      return at < 0 ? slowest.length : at;
    };
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
}
