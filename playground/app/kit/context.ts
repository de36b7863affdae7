import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Access } from '../request/access.ts';
import type { Picture } from '../source/picture.ts';
import type { Size } from '../source/shown.ts';
import type { State } from '../state/model.ts';
import type { Change } from '../state/use_address.ts';

/** Work on the picture itself: an area or a point of one step. */
export interface Drawing {
  readonly step: number;
  readonly tool: ToolName;
}

/** `area`: a part of the picture. `focus`: the point that a crop keeps. `place`: that of a watermark. */
export type ToolName = 'area' | 'focus' | 'place';

export interface Page {
  readonly state: State;
  readonly change: Change;
  readonly access: Access;
  readonly picture: Picture | undefined;
  /** Of the picture that a next step would get. */
  readonly size: Size | undefined;
  readonly drawing: Drawing | undefined;
  readonly draw: (drawing: Drawing | undefined) => void;
  /** Asks for the key of this tab. */
  readonly askAccess: () => void;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** What the parts of the page share. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('page: expected a context');
  return page;
}
