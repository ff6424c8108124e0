import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { countActive, listTasks } from '../../../src/telemetry/active-tasks.ts'
import { until } from '../../until.ts'

let root: string
const children: ChildProcess[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-tasks-'))
})
afterEach(async () => {
  rmSync(root, { recursive: true })
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

function start(...[program = '', ...rest]: readonly string[]): number {
  const child = spawn(program, rest, { stdio: 'ignore' })
  children.push(child)
  return child.pid ?? 0
}

it('lists the tasks of a group and of all below it, in both versions', () => {
  for (const [path, text] of [
    ['cgroup.threads', '1\n2\n0\n'],
    ['inner/deep/tasks', '3\n'],
  ] as const) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  expect(listTasks(root).toSorted()).toEqual([1, 2, 3])
  expect(listTasks(join(root, 'gone'))).toEqual([])
})

it('counts who runs, and not who sleeps or is gone', async () => {
  const busy = start('sh', '-c', 'while :; do :; done')
  const asleep = start('sleep', '60')
  const stateOf = (pid: number): string | undefined =>
    /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  await until('the busy one runs', () => stateOf(busy) === 'R')
  await until('the other sleeps', () => stateOf(asleep) === 'S')
  expect(countActive([busy, asleep, 2 ** 22 - 1])).toBe(1)
})

it('is not misled by a name with brackets', () => {
  mkdirSync(join(root, '7/task/7'), { recursive: true })
  writeFileSync(join(root, '7/task/7/stat'), '7 (a) R (b) S 1 7 7')
  expect(countActive([7], root)).toBe(0)
  writeFileSync(join(root, '7/task/7/stat'), '7 (a) S (b) D 1 7 7')
  expect(countActive([7], root)).toBe(1)
})
