const colours = ['#4a8fe7', '#3fa66b', '#d98b2b', '#a05fd0', '#2aa9b8'];
export const failedColour = '#d33';

/** Services in the order in which they were seen: each keeps its colour. */
const services = [];
export function addServices(names) {
  for (const name of names) if (!services.includes(name)) services.push(name);
}
export const colourOf = (service) => colours[services.indexOf(service) % colours.length];

export const make = (tag, className, children = [], style = {}) => {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...[children].flat());
  Object.assign(element.style, style);
  return element;
};

export const swatch = (colour, text) => [make('span', 'dot', [], { background: colour }), text];

export const legend = () =>
  [...services.map((service) => [colourOf(service), service]), [failedColour, 'failed']].map(
    ([colour, text]) => make('span', 'service', swatch(colour, text)),
  );
