/**
 * Work in flight by what it is for: clients that ask for the same meanwhile get the same result.
 * The work's signal is aborted when all of its clients have gone.
 */
export type Flights<T> = (
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  client: AbortSignal,
) => Promise<T>;

interface Flight<T> {
  readonly result: Promise<T>;
  readonly board: (client: AbortSignal) => void;
}

/** Counts the clients that still wait; `land` is called when the last one has gone. */
function boarding(land: () => void): (client: AbortSignal) => void {
  let waiting = 0;
  const leave = (): void => {
    waiting -= 1;
    if (waiting === 0) land();
  };
  return (client) => {
    waiting += 1;
    if (client.aborted) leave();
    else client.addEventListener('abort', leave, { once: true });
  };
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  const start = (key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const ended = new AbortController();
    const remove = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight<T> = {
      result: work(ended.signal).finally(remove),
      board: boarding(() => {
        remove();
        ended.abort();
      }),
    };
    flights.set(key, flight);
    return flight;
  };

  return (key, work, client) => {
    const flight = flights.get(key) ?? start(key, work);
    flight.board(client);
    return flight.result;
  };
}
