/** An overlay, drawn: where its top left corner lies, or tiled from the corner. */
export interface Layer {
  readonly input: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 4 };
  readonly left: number;
  readonly top: number;
  readonly tile?: boolean;
}
