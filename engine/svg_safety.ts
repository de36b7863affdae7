import { Problem } from '../common/problem.ts';
import type { Limits } from './limits.ts';
import { drawingFacts } from './svg_facts.ts';
import { isDrawing, pixelsOf } from './svg_pictures.ts';
import type { Cost } from './svg_uses.ts';

/**
 * A document type without definitions of its own is harmless (it is never fetched); one with `[` may define entities.
 * No part of a text is looked at twice: one with `<` is no document type.
 */
const definitions = /<!DOCTYPE[^<>[]*[<[]|<!ENTITY/i;

/**
 * What drawing an SVG comes to; refuses what it should not have before a renderer sees it.
 * @throws Problem `too_large` over MAX_SVG_BYTES, `corrupt_image` with a DTD subset, entities, or references that multiply,
 * `too_many_pixels` when the pictures in it have more than an input may.
 */
export async function checkSvg(input: Buffer, limits: Limits): Promise<Cost> {
  if (input.length > limits.MAX_SVG_BYTES) {
    throw new Problem('too_large', `SVG has ${input.length} bytes; the limit is ${limits.MAX_SVG_BYTES}`);
  }
  if (definitions.test(input.toString('latin1')) || isWide(input)) {
    throw new Problem('corrupt_image', 'SVG must be UTF-8 without a DTD subset and entities');
  }
  const { elements, filterMs, pictures } = await drawingFacts(input.toString('utf8'));
  if (elements > maxElements) {
    const drawn = Number.isFinite(elements) ? `draws ${elements} elements` : 'refers too deep';
    throw new Problem('corrupt_image', `SVG ${drawn}; the limit is ${maxElements} elements`);
  }
  await checkEmbedded(pictures, limits);
  return { elements, filterMs };
}

/** The renderer decodes all of them in full, however small they are drawn. */
async function checkEmbedded(pictures: readonly Buffer[], limits: Limits): Promise<void> {
  if (pictures.some(isDrawing)) {
    throw new Problem('corrupt_image', 'SVG must not have another SVG in it');
  }
  const pixels = (await Promise.all(pictures.map(pixelsOf))).reduce((sum, one) => sum + one, 0);
  if (pixels > limits.MAX_INPUT_MEGAPIXELS * 1e6) {
    const mega = (pixels / 1e6).toFixed(1);
    throw new Problem(
      'too_many_pixels',
      `pictures in the SVG have ${mega} megapixels; the limit is ${limits.MAX_INPUT_MEGAPIXELS}`,
    );
  }
}

/** librsvg gives up at 500,000, after seconds that nothing can interrupt. */
const maxElements = 50_000;

/** UTF-16 and UTF-32 would hide what is looked for. */
const isWide = (input: Buffer): boolean =>
  input.subarray(0, 4).includes(0) || input[0] === 0xff || input[0] === 0xfe;
