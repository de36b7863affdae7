import { colourOf, failedColour, make } from './dom.js';
import { addressOf, doorOf, isFailed } from './filters.js';
import { time } from './format.js';

/** Spans under their parents, with how deep they are. */
function inOrder(spans) {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent, depth) =>
    spans
      .filter(({ parentId }) => (parent ? parentId === parent.spanId : !ids.has(parentId)))
      .flatMap((span) => [{ ...span, depth, parent }, ...below(span, depth + 1)]);
  return below(undefined, 0);
}

const told = (facts) => Object.entries(facts).map(([name, value]) => `${name}=${value}`);
/** Rows that are open stay so when the page is drawn anew. */
const open = new Set();

function row(span, start, all) {
  const { attributes, depth, parent, service } = span;
  const hop = service === parent?.service ? '' : ` ${service}`;
  const about = ` ${attributes.output ?? attributes.filetype ?? ''}`;
  const left = ((span.startMs - start) / all) * 100;
  const width = `${((span.endMs - span.startMs) / all) * 100}%`;
  const bar = make('div', 'bar', [], {
    left: `min(${left}%, 100% - 3px)`,
    width,
    background: span.isError ? failedColour : colourOf(service),
  });
  const line = make('summary', 'line', [
    make('div', '', [span.name, make('small', 'hop', hop), make('small', '', about)], {
      paddingLeft: `${depth * 0.7}rem`,
    }),
    make('div', 'track', bar),
    make('div', 'ms', time(span.endMs - span.startMs)),
  ]);
  const facts = [`service=${service}`, ...told(attributes), ...span.links.map((link) => `link=${link}`)];
  const details = make('details', '', [line, make('p', '', facts.join('  '))]);
  details.open = open.has(span.spanId);
  details.ontoggle = () => open[details.open ? 'add' : 'delete'](span.spanId);
  return details;
}

export function waterfall(spans) {
  const start = Math.min(...spans.map(({ startMs }) => startMs));
  const all = Math.max(...spans.map(({ endMs }) => endMs)) - start || 1;
  const axis = make(
    'div',
    'axis',
    ['0', time(all / 2), time(all)].map((text) => make('span', '', text)),
  );
  const { traceId } = spans[0];
  const link = make('a', '', `${traceId.slice(0, 8)}…`);
  link.href = addressOf({ trace: traceId });
  link.title = `link to trace ${traceId}`;
  const about = [doorOf(spans), isFailed(spans) ? 'failed' : ''].filter(Boolean).join(', ');
  const at = make('small', '', [`${new Date(start).toLocaleTimeString()} `, link, ` ${about}`]);
  const head = make('div', 'line', [at, axis, make('span', '')]);
  return make('section', 'card', [head, ...inOrder(spans).map((span) => row(span, start, all))]);
}
