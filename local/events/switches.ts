/** What goes wrong between the bucket and the function; may be changed at any moment. */
export type Switches = {
  /** How often each event is delivered, from and to, drawn per event. */
  copies: readonly [from: number, to: number];
  /** Wait before a delivery in milliseconds, from and to, drawn per delivery. */
  delayMs: readonly [from: number, to: number];
  /** Deliveries that are due go out in a random order, not as they came. */
  isShuffled: boolean;
  /** Chance that a delivery never reaches the function; it is tried again. */
  lostRequests: number;
  /** Chance that the function's answer is lost, so that it gets the event again. */
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

/** A whole number from the range, both ends included. */
function draw([from, to]: readonly [number, number], random: Random): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** Due times of the deliveries of one event. */
export function dueTimes({ copies, delayMs }: Switches, random: Random, nowMs: number): number[] {
  return Array.from({ length: draw(copies, random) }, () => nowMs + draw(delayMs, random));
}
