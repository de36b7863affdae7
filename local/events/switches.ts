/** Faults between the bucket and the function; may be changed at any time. */
export type Switches = {
  /** Number of deliveries of each event, drawn per event. */
  copies: readonly [from: number, to: number];
  /** Milliseconds before a delivery, drawn per delivery. */
  delayMs: readonly [from: number, to: number];
  /** Sends due deliveries in random order. */
  isShuffled: boolean;
  /** Probability that a delivery does not reach the function; it is repeated. */
  lostRequests: number;
  /** Probability that the function's response is lost, so that the event is delivered again. */
  lostAnswers: number;
};

export const calm: Switches = {
  copies: [1, 1],
  delayMs: [0, 0],
  isShuffled: false,
  lostRequests: 0,
  lostAnswers: 0,
};

type Random = () => number;

/** An integer of the range, both ends inclusive. */
function draw([from, to]: readonly [number, number], random: Random): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** Due times of the deliveries of one event. */
export function dueTimes({ copies, delayMs }: Switches, random: Random, nowMs: number): number[] {
  return Array.from({ length: draw(copies, random) }, () => nowMs + draw(delayMs, random));
}
