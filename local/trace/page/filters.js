/** The choice of traces: which are shown, and in which order. It lives in the query of the address. */

/** @returns the door that handled a trace; empty where none did. */
export const doorOf = (spans) => spans.find(({ attributes }) => attributes.door)?.attributes.door ?? '';

export const isFailed = (spans) => spans.some(({ isError }) => isError);
const startOf = (spans) => Math.min(...spans.map(({ startMs }) => startMs));
const durationOf = (spans) => Math.max(...spans.map(({ endMs }) => endMs)) - startOf(spans);

const orders = {
  newest: (a, b) => startOf(b) - startOf(a),
  oldest: (a, b) => startOf(a) - startOf(b),
  slowest: (a, b) => durationOf(b) - durationOf(a),
};

export const readChoice = (query) => Object.fromEntries(new URLSearchParams(query));

/** @returns an address for a choice; names without a value are left out. */
export const addressOf = (choice) =>
  `./?${new URLSearchParams(Object.entries(choice).filter(([, value]) => value))}`;

/** @returns the traces of a choice, in its order. One trace that is named is shown whatever else is chosen. */
export function chosenTraces(traces, { trace, door, status, least, sort }) {
  if (trace) return traces.filter(([span]) => span.traceId === trace);
  return traces
    .filter((spans) => !door || doorOf(spans) === door)
    .filter((spans) => !status || isFailed(spans) === (status === 'failed'))
    .filter((spans) => durationOf(spans) >= Number(least ?? 0))
    .toSorted(orders[sort] ?? orders.newest);
}
