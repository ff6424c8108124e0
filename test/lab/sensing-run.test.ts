// `shoal evaluate sensing`: a short run in both modes, whose table is checked against its raw samples, and one that is interrupted.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labFolder } from './lab-folder.ts'

const shoal = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'shoal-sensing-'))
const capabilities = ['laser', 'light']

type Line = Readonly<Record<string, unknown>> & { readonly type: string }
type Row = Readonly<Record<string, unknown>> & { readonly mode: string; readonly capability: string }

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a run; `until` may stop it by Ctrl-C. */
async function evaluate(name: string, words: readonly string[], until?: RegExp) {
  const argv = ['evaluate', 'sensing', ...words, '--json', '-o', join(folder, name)]
  const child = spawn(shoal, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
    if (until?.test(said.err) && !child.killed) child.kill('SIGINT')
  })
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  return { exitCode, ...said }
}

function linesOf(name: string, file: string): readonly Line[] {
  return readFileSync(join(folder, name, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

describe('a run of the sensing measurement', () => {
  let rows: readonly Row[]
  let lines: readonly Line[]

  beforeAll(async () => {
    const words = ['--for', '6s', '--every', '1s', '--capability', ...capabilities]
    const { exitCode, out, err } = await evaluate('run', words)
    expect(exitCode, err).toBe(0)
    expect(err).toMatch(/^takes about .*; raw samples are in /)
    rows = (JSON.parse(out) as { readonly rows: readonly Row[] }).rows
    lines = linesOf('run', 'samples.ndjson')
  }, 400_000)

  it('has a row for each capability in each mode', () => {
    expect(rows.map(({ mode, capability }) => `${mode} ${capability}`)).toEqual(
      ['pair', 'cluster'].flatMap((mode) => capabilities.map((capability) => `${mode} ${capability}`)),
    )
  })

  it('asks at its times, and is answered', () => {
    for (const { mode, capability } of rows) {
      const requests = lines.filter(
        (line) => line.type === 'request' && line.mode === mode && line.capability === capability,
      )
      expect(requests.map(({ method, code }) => `${method} ${code}`)).toEqual([
        'PUT 2.04',
        ...new Array(6).fill('GET 2.05'),
        'PUT 2.04',
      ])
      const times = requests.slice(1, -1).map(({ sentAtMs }) => Number(sentAtMs))
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(4900)
    }
  })

  it('has a table that its raw samples bear out', () => {
    for (const row of rows) {
      const own = lines.filter((line) => line.mode === row.mode && line.capability === row.capability)
      const times = own
        .filter((line) => line.type === 'request' && line.method === 'GET')
        .map((line) => Number(line.responseTimeMs))
        .toSorted((a, b) => a - b)
      const [low = 0, high = 0] = [times[2], times[3]]
      const [fifth = 0, sixth = 0] = [times[4], times[5]]
      const cpu = own.filter(({ type }) => type === 'cpu').map(({ seconds }) => Number(seconds))
      const activation = own.find((line) => line.type === 'activation' && line.isFirst === false)
      expect(row).toMatchObject({ requests: 8, failures: 0, activationMs: activation?.ms })
      expect(row.medianMs).toBeCloseTo((low + high) / 2, 9)
      // Between the fifth and the sixth of six, at 0.95 × 5 = 4.75.
      expect(row.percentile95Ms).toBeCloseTo(fifth + 0.75 * (sixth - fifth), 9)
      expect(row.cpuSeconds).toBeCloseTo((cpu[1] ?? 0) - (cpu[0] ?? 0), 9)
      expect(row.cpuSeconds).toBeGreaterThan(0)
      expect(Number(activation?.ms)).toBeGreaterThan(0)
    }
    expect(rows[0]?.values).toBe('laser 6 × true')
    expect(rows[1]?.values).toMatch(/^illuminance \d+( to \d+)? lx$/)
  })

  it('has driven the laser at the board once a request', () => {
    const edges = linesOf('run', 'edges.ndjson').filter(({ device }) => device === 'laser')
    const on = edges.filter(({ value }) => value === 1).map(({ atMs }) => Number(atMs))
    const gets = lines.filter(
      (line) => line.type === 'request' && line.capability === 'laser' && line.method === 'GET',
    )
    expect(on).toHaveLength(gets.length)
    for (const [index, { sentAtMs, responseTimeMs }] of gets.entries()) {
      // Both clocks are the machine's, in whole milliseconds.
      expect(on[index]).toBeGreaterThanOrEqual(Number(sentAtMs) - 2)
      expect(on[index]).toBeLessThanOrEqual(Number(sentAtMs) + Number(responseTimeMs) + 2)
    }
  })
})

it('takes its lab down when it is interrupted', async () => {
  const words = ['--mode', 'pair', '--for', '10m', '--capability', 'light']
  const { exitCode, err } = await evaluate('stopped', words, /s {2}pair mode: light; about /)
  expect(exitCode).toBe(1)
  expect(err).toContain('error[INTERRUPTED]')
  expect(err).toContain('takes the lab down')
  expect(existsSync(join(labFolder(), 'sensing'))).toBe(false)
  expect(linesOf('stopped', 'samples.ndjson').filter(({ type }) => type === 'activation')).toHaveLength(1)
}, 180_000)
