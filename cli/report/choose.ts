import type { World } from '../command.ts';
import { createLiveReport } from './live.ts';
import { jsonReport, plainReport, type Report } from './report.ts';

/** The report for JSON, a terminal or a pipe; `piped` is the one for pipes. */
export function chooseReport(world: World, isJson: boolean, piped = plainReport): Report {
  if (isJson) return jsonReport(world);
  return world.terminal ? createLiveReport(world, world.terminal) : piped(world);
}
