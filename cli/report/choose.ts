import type { World } from '../command.ts';
import { createLiveReport } from './live.ts';
import { jsonReport, plainReport, type Report } from './report.ts';

/** The way of showing that fits; `piped` is the one for other programs. */
export function reportFor(world: World, isJson: boolean, piped = plainReport): Report {
  if (isJson) return jsonReport(world);
  return world.terminal ? createLiveReport(world, world.terminal) : piped(world);
}
