import { paramOf } from '../state/page_data.ts';

/** A control for one parameter. An empty value: the parameter is not in the request. */
export interface ControlProps {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Ids of the label and of the explanation. */
  readonly labelledBy: string;
  readonly describedBy: string;
}

/** Words that are offered for a parameter whose row of the table has none. */
const words: Readonly<Record<string, readonly string[]>> = {
  rotate: ['90', '180', '270'],
  aspectratio: ['1:1', '4:3', '3:2', '16:9', '9:16'],
  nocrop: ['true', 'false'],
};

export const valuesOf = (name: string): readonly string[] => paramOf(name).values ?? words[name] ?? [];
