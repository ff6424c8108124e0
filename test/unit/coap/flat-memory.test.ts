import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import type { MemorySample } from './flat-memory-program.ts'

const mebibyte = 1024 * 1024

it('100,000 small requests leave memory, tables and sockets as they were half-way', {
  timeout: 60_000,
}, async () => {
  const samples = await runProgram()
  const halfway = samples.find(({ requests }) => requests === 50_000)
  const last = samples.at(-1)
  if (halfway === undefined || last === undefined) throw new Error('samples are missing')
  expect(last.requests).toBe(100_000)
  expect(last.liveBytes - halfway.liveBytes).toBeLessThan(mebibyte)
  for (const sample of samples) {
    expect(sample.deduplicationBytes).toBeLessThanOrEqual(sample.deduplicationLimitBytes)
    expect(sample.otherEntries).toBe(0)
    expect(sample.openHandles).toBeLessThanOrEqual(3)
  }
})

async function runProgram(): Promise<readonly MemorySample[]> {
  const program = new URL('flat-memory-program.ts', import.meta.url)
  const child = fork(program, { execArgv: ['--expose-gc'] })
  let samples: readonly MemorySample[] = []
  child.on('message', (message: readonly MemorySample[]) => {
    samples = message
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the program ended with ${code}`)
  return samples
}
