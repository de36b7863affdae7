import { chart } from './charts.js';
import { addServices, legend } from './dom.js';
import { addressOf, chosenTraces, doorOf, readChoice } from './filters.js';
import { waterfall } from './waterfall.js';

const everyMs = 1500;
const mostShown = 50;
const form = document.querySelector('#filters');
const names = ['door', 'status', 'least', 'sort'];
const doors = new Set();
let traces = [];

const choice = () => readChoice(location.search);

/** Every door that was seen is in the list. */
function listDoors() {
  for (const door of traces.map(doorOf)) {
    if (door === '' || doors.has(door)) continue;
    doors.add(door);
    form.elements.door.append(new Option(door));
  }
}

function showTraces() {
  listDoors();
  const chosen = choice();
  for (const name of names) {
    const control = form.elements[name];
    control.value = chosen[name] ?? '';
    control.classList.toggle('set', control.value !== '');
  }
  const found = chosenTraces(traces, chosen);
  const isWhole = names.every((name) => !chosen[name]) && !chosen.trace;
  form.querySelector('a').hidden = isWhole;
  form.querySelector('output').value = isWhole ? `${traces.length}` : `${found.length} of ${traces.length}`;
  const list = document.querySelector('#traces > div');
  if (found.length > 0) list.replaceChildren(...found.slice(0, mostShown).map(waterfall));
  else if (traces.length > 0) list.replaceChildren('No such trace among the last ones.');
}

form.addEventListener('input', () => {
  const given = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
  history.replaceState(null, '', addressOf(given));
  showTraces();
});
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('popstate', showTraces);

let last = '';
async function load() {
  const text = await (await fetch('data')).text();
  if (text === last) return;
  last = text;
  const { series, ...more } = JSON.parse(text);
  traces = more.traces;
  addServices([...traces.flat(), ...series].map(({ service }) => service));
  document.querySelector('#legend').replaceChildren(...legend());
  showTraces();
  const byName = Map.groupBy(series, ({ name }) => name);
  if (byName.size > 0)
    document
      .querySelector('#metrics > div')
      .replaceChildren(...[...byName].map(([name, all]) => chart(name, all)));
}

function repeat() {
  load()
    .catch(() => {})
    .finally(() => setTimeout(repeat, everyMs));
}
repeat();
