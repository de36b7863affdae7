import type { ToolName } from '../kit/context.ts';
import type { IconName } from '../kit/icons.tsx';
import { operationOf } from '../state/page_data.ts';

/** Work that a step lets the user do on the picture itself. */
export interface Tool {
  readonly name: ToolName;
  readonly label: string;
  readonly icon: IconName;
  readonly operations: readonly string[];
  /** Parameters that it sets. */
  readonly sets: readonly string[];
}

const tools: readonly Tool[] = [
  {
    name: 'area',
    label: 'Drag the area on the picture',
    icon: 'frame',
    operations: ['crop', 'extract', 'zoom'],
    sets: [],
  },
  {
    name: 'focus',
    label: 'Click the focal point',
    icon: 'target',
    operations: ['crop'],
    sets: ['focus'],
  },
  {
    name: 'place',
    label: 'Click its place on the picture',
    icon: 'target',
    operations: ['watermark', 'watermarkimage'],
    sets: ['top', 'left'],
  },
];

/** The tools of an operation. */
export function toolsFor(operation: string): readonly Tool[] {
  const { fields } = operationOf(operation);
  return tools.filter(
    ({ operations, sets }) => operations.includes(operation) && sets.every((name) => fields.includes(name)),
  );
}
