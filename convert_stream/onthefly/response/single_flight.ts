import { type MemoryBudget, openReservation, type Reservation } from '../../upload/memory_budget.ts';

/** The context of work that several clients may wait for. */
export interface Flight {
  /** Memory for what the work reads; released when the work and all requests that share it are done. */
  readonly reservation: Reservation;
  /** Aborted when all of its clients have disconnected. */
  readonly signal: AbortSignal;
}

/** A request that waits for work. */
export interface Waiter {
  /** Aborted when its client disconnects. */
  readonly client: AbortSignal;
  /** Disposed of when the request is done. */
  readonly resources: DisposableStack;
}

type Work<T> = (flight: Flight) => Promise<T>;

/** Does work for one request alone. */
export function runAlone<T>(budget: MemoryBudget, work: Work<T>, { client, resources }: Waiter): Promise<T> {
  return work({ reservation: resources.use(openReservation(budget)), signal: client });
}

/** Does the work of a key once for all requests that wait for it at the same time. */
export type SingleFlight<T> = (key: string, work: Work<T>, waiter: Waiter) => Promise<T>;

interface Running<T> {
  readonly result: Promise<T>;
  readonly join: (waiter: Waiter) => void;
}

/** Counts the clients that wait; calls `abandon` when the last one has disconnected. */
function countClients(abandon: () => void): (client: AbortSignal) => void {
  let waiting = 0;
  const leave = (): void => {
    waiting -= 1;
    if (waiting === 0) abandon();
  };
  return (client) => {
    waiting += 1;
    if (client.aborted) leave();
    else client.addEventListener('abort', leave, { once: true });
  };
}

export function createSingleFlight<T>(budget: MemoryBudget): SingleFlight<T> {
  const flights = new Map<string, Running<T>>();

  const start = (key: string, work: Work<T>): Running<T> => {
    const abandoned = new AbortController();
    const reservation = openReservation(budget);
    const remove = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const addClient = countClients(() => {
      remove();
      abandoned.abort();
    });
    const flight: Running<T> = {
      result: work({ reservation, signal: abandoned.signal }).finally(() => {
        remove();
        reservation[Symbol.dispose]();
      }),
      join: ({ client, resources }) => {
        resources.use(reservation.share());
        addClient(client);
      },
    };
    flights.set(key, flight);
    return flight;
  };

  return (key, work, waiter) => {
    const flight = flights.get(key) ?? start(key, work);
    flight.join(waiter);
    return flight.result;
  };
}
