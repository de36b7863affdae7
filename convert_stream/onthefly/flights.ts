/** Work in flight by what it is for: whoever asks for the same meanwhile gets the same result. */
export type Flights<T> = (key: string, work: () => Promise<T>) => Promise<T>;

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, work) => {
    const known = flights.get(key);
    if (known) return known;
    const flight = work().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
