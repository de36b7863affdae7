/** The parameters of Imaginary (its api.md, section 4). */
const names: ReadonlySet<string> = new Set(
  `width height quality compression palette speed rotate factor margin dpi textwidth opacity flip flop force embed
  nocrop norotation noprofile stripmeta noreplicate text font color image type gravity colorspace extend background
  sigma minampl interlace aspectratio top left areawidth areaheight`.split(/\s+/),
);

/** Whether Imaginary reads a parameter of that name. */
export const isImaginarys = (name: string): boolean => names.has(name);
