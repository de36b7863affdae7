import { Problem } from '../../common/problem.ts';
import type { Limits } from '../limits.ts';
import { wholeSize } from '../transform/geometry.ts';
import { costOf } from './cost.ts';
import { countPixels, dataUriBytes, drawingUri, isRaster } from './embedded.ts';
import { allElements, type Element, isLink, maxElements, parseDrawing } from './parse.ts';
import { frameOf, rootSize } from './size.ts';
import { drawingText, isDrawing } from './text.ts';
import { type Cost, nothing } from './weight.ts';
import { isPicture, type Pictures, writeDrawing } from './write.ts';

/** A drawing that passed the checks. */
export interface Drawing {
  readonly root: Element;
  readonly cost: Cost;
  readonly pictures: Pictures;
  /** Embedded drawings by their original address. */
  readonly nested: ReadonlyMap<string, Drawing>;
}

/** Levels of drawings in drawings. Real files have one level. */
const maxNested = 3;

/** Limits, and use so far, of a drawing and all drawings in it. */
interface Allowance {
  readonly limits: Limits;
  readonly nested: number;
  readonly spent: { characters: number; pixels: number };
}

function checkEmbeddedPixels({ limits, spent }: Allowance): void {
  if (spent.pixels <= limits.MAX_INPUT_MEGAPIXELS * 1e6) return;
  throw new Problem(
    'too_many_pixels',
    `pictures in the SVG have ${(spent.pixels / 1e6).toFixed(1)} megapixels; the limit is ${limits.MAX_INPUT_MEGAPIXELS}`,
  );
}

function checkElements({ elements }: Cost): void {
  if (elements <= maxElements) return;
  const drawn = Number.isFinite(elements)
    ? `draws ${elements} elements`
    : 'has references that are nested too deep';
  throw new Problem('corrupt_image', `SVG ${drawn}; the limit is ${maxElements} elements`);
}

/** The addresses of pictures in a drawing, with the elements that draw them. */
const addressesOf = (root: Element): readonly (readonly [string, Element])[] =>
  allElements(root)
    .filter(isPicture)
    .flatMap((element) =>
      Object.entries(element.attributes)
        .filter(([name]) => isLink(name))
        .map(([, value]) => [value, element] as const),
    );

interface Embedded {
  readonly address: string;
  readonly drawing?: Drawing;
  readonly cost: Cost;
}

/** Reads an embedded drawing, which the renderer draws at its own size. */
async function readEmbeddedDrawing(bytes: Buffer, allowance: Allowance): Promise<Embedded> {
  const { nested, spent } = allowance;
  if (nested >= maxNested)
    throw new Problem('corrupt_image', `SVG: expected at most ${maxNested} drawings in each other, got more`);
  const drawing = await read(bytes, { ...allowance, nested: nested + 1 });
  const { root, cost, pictures } = drawing;
  const { width, height } = wholeSize(frameOf(rootSize(root)) ?? { width: 1, height: 1 });
  spent.pixels += width * height;
  checkEmbeddedPixels(allowance);
  const megapixels = Math.max(1, (width * height) / 1e6);
  return {
    address: drawingUri(writeDrawing(root, { pictures, sheets: 'as counted' })),
    drawing,
    cost: { elements: cost.elements, filterMs: cost.filterMs * megapixels, filterSteps: cost.filterSteps },
  };
}

/** Reads an embedded picture; undefined if the renderer does not know its format. */
async function readEmbedded(address: string, allowance: Allowance): Promise<Embedded | undefined> {
  const bytes = dataUriBytes(address);
  if (bytes === undefined) return undefined;
  if (isRaster(bytes)) {
    allowance.spent.pixels += await countPixels(bytes);
    checkEmbeddedPixels(allowance);
    return { address, cost: nothing };
  }
  return isDrawing(bytes) ? await readEmbeddedDrawing(bytes, allowance) : undefined;
}

async function read(input: Buffer, allowance: Allowance): Promise<Drawing> {
  const { limits, spent } = allowance;
  const text = await drawingText(input, limits.MAX_SVG_BYTES);
  spent.characters += text.length;
  if (spent.characters > limits.MAX_SVG_BYTES)
    throw new Problem(
      'too_large',
      `SVG and drawings in it have more than ${limits.MAX_SVG_BYTES} characters`,
    );
  const root = await parseDrawing(text, limits.MAX_SVG_BYTES);
  const pictures = new Map<string, Embedded>();
  const costs = new Map<Element, Cost>();
  for (const [address, element] of addressesOf(root)) {
    const known = pictures.get(address) ?? (await readEmbedded(address, allowance));
    if (known === undefined) continue;
    pictures.set(address, known);
    costs.set(element, known.cost);
  }
  const cost = costOf(root, costs);
  checkElements(cost);
  return {
    root,
    cost,
    pictures: new Map([...pictures].map(([address, one]) => [address, one.address])),
    nested: new Map(
      [...pictures].flatMap(([address, { drawing }]) => (drawing ? [[address, drawing] as const] : [])),
    ),
  };
}

/**
 * Reads an SVG and computes the cost of drawing it, before a renderer sees it.
 * @throws Problem `too_large` over MAX_SVG_BYTES; `corrupt_image` if it is not well-formed, has entities other than
 * plain text, or references that multiply; `too_many_pixels` if its pictures have more pixels than an input may.
 */
export async function readDrawing(input: Buffer, limits: Limits): Promise<Drawing> {
  if (input.length > limits.MAX_SVG_BYTES)
    throw new Problem('too_large', `SVG has ${input.length} bytes; the limit is ${limits.MAX_SVG_BYTES}`);
  return await read(input, { limits, nested: 0, spent: { characters: 0, pixels: 0 } });
}
