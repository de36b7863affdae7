import { SaxesParser } from 'saxes';
import { feed } from './svg_parse.ts';
import { bytesOf } from './svg_pictures.ts';
import { type Cost, createTally } from './svg_uses.ts';

/** What a drawing is made of. */
export interface DrawingFacts extends Cost {
  /** The pictures that it carries in itself. */
  readonly pictures: readonly Buffer[];
}

export async function drawingFacts(text: string): Promise<DrawingFacts> {
  const tally = createTally();
  const pictures: Buffer[] = [];
  const parser = new SaxesParser();
  // What is not well-formed is for the renderer to refuse.
  parser.on('error', () => undefined);
  parser.on('opentag', (tag) => {
    tally.open(tag);
    for (const value of Object.values(tag.attributes)) {
      const bytes = bytesOf(value);
      if (bytes && bytes.length > 1) pictures.push(bytes);
    }
  });
  parser.on('closetag', tally.close);
  await feed(parser, text);
  return { ...tally.total(), pictures };
}
