/** A drawn overlay: at the position of its top left corner, or tiled from the corner. */
export interface Layer {
  readonly input: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 4 };
  readonly left: number;
  readonly top: number;
  readonly tile?: boolean;
}
