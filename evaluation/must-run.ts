// A command in a host that has to succeed.
import { ShoalError } from '../src/model/errors.ts'
import type { EvaluationHost } from './hosts/evaluation-host.ts'
import { showArgv } from './show-argv.ts'

const limitMs = 300_000

/** @returns what it wrote to stdout. Throws ShoalError DEMO_FAILED with what it wrote to stderr. */
export async function mustRun(
  host: Pick<EvaluationHost, 'name' | 'exec'>,
  argv: readonly string[],
  signal: AbortSignal,
  input?: string,
): Promise<string> {
  const ended = await host.exec(argv, {
    signal,
    timeoutMs: limitMs,
    ...(input === undefined ? {} : { input }),
  })
  if (ended.exitCode === 0) return ended.stdout
  throw new ShoalError('DEMO_FAILED', {
    action: 'run',
    object: showArgv(argv),
    place: host.name,
    reason: ended.stderr.trim() || `it ended with ${ended.exitCode}`,
  })
}
