/** Counts the turns of the event loop, at most one each millisecond, while work goes on: few when the work holds it up. */
export async function countTurns(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await work().finally(() => clearInterval(timer));
  return turns;
}
