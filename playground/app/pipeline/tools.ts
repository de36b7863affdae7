import type { ToolName } from '../kit/context.ts';
import type { IconName } from '../kit/icons.tsx';

/** Work that a step lets the user do on the picture itself. */
export interface Tool {
  readonly name: ToolName;
  readonly label: string;
  readonly icon: IconName;
  /** The parameters that an operation must take. */
  readonly needs: readonly string[];
  readonly operations?: readonly string[];
}

const tools: readonly Tool[] = [
  {
    name: 'area',
    label: 'Drag the area on the picture',
    icon: 'frame',
    needs: ['areawidth', 'areaheight'],
  },
  {
    name: 'box',
    label: 'Drag a box on the picture',
    icon: 'frame',
    needs: ['width', 'height', 'focus'],
    operations: ['crop'],
  },
  {
    name: 'place',
    label: 'Click its place on the picture',
    icon: 'target',
    needs: ['top', 'left', 'opacity'],
  },
  {
    name: 'focus',
    label: 'Click the focal point',
    icon: 'target',
    needs: ['focus'],
  },
];

/** The tool of an operation: the first that it has all parameters for. */
export const toolsFor = (operation: string, fields: readonly string[]): readonly Tool[] =>
  tools.filter(
    ({ needs, operations }) =>
      needs.every((name) => fields.includes(name)) && (operations?.includes(operation) ?? true),
  );
