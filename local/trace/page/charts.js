import { colourOf, make, swatch } from './dom.js';
import { unitOf } from './format.js';

/** Labels of a series that tell it from its neighbours. */
function labelsOf(one, series) {
  const differ = ([name, value]) => series.some(({ labels }) => labels[name] !== value);
  const all = Object.entries(one.labels);
  return (series.length > 1 ? all.filter(differ) : all).map(([, value]) => value).join(' · ');
}

/** The buckets that any series has something in, as [first, last]. */
function usedBuckets(series) {
  const used = series.flatMap(({ buckets = [] }) => buckets.flatMap((count, at) => (count ? [at] : [])));
  return used.length ? [Math.max(Math.min(...used) - 1, 0), Math.max(...used) + 1] : [0, 0];
}

function histogram({ buckets, bounds, service }, [first, last], tell) {
  const shown = buckets.slice(first, last + 1);
  const top = Math.max(...shown, 1);
  return make(
    'div',
    'buckets',
    shown.map((count, at) => {
      const bar = make('i', '', [], { height: `${(count / top) * 100}%`, background: colourOf(service) });
      const bound = bounds[first + at];
      bar.title = `${count} ${bound === undefined ? 'above' : `up to ${tell(bound)}`}`;
      return bar;
    }),
  );
}

export function chart(name, series) {
  const [unit, tell] = unitOf(series[0].unit);
  const most = Math.max(...series.map(({ value }) => value), 1);
  const range = usedBuckets(series);
  const bounds = series[0].bounds ?? [];
  const rows = series.map((one) =>
    make('div', 'line', [
      make('span', '', swatch(colourOf(one.service), labelsOf(one, series))),
      one.buckets
        ? histogram(one, range, tell)
        : make('div', 'fill', [], {
            width: one.value ? `max(2px, ${(one.value / most) * 100}%)` : 0,
            background: colourOf(one.service),
          }),
      make('span', 'ms', one.count ? `${one.count} × ${tell(one.value / one.count)}` : tell(one.value)),
    ]),
  );
  const ends = [range[0] ? tell(bounds[range[0] - 1]) : '0', tell(bounds[range[1]] ?? bounds.at(-1) ?? 0)];
  const axis = make(
    'div',
    'axis',
    ends.map((text) => make('span', '', text)),
  );
  const scale = bounds.length
    ? [make('div', 'line', [make('small', '', 'distribution'), axis, make('small', 'ms', 'n × mean')])]
    : [];
  const title = make('h3', '', series[0].doc || name);
  return make('section', 'card chart', [title, make('small', '', `${name}, ${unit}`), ...rows, ...scale]);
}
