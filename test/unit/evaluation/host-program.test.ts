// Programs of the evaluation, run here in place of a host.
import { type ChildProcess, spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { type ProgramHost, runHostProgram } from '../../../evaluation/host-program.ts'
import { until } from '../../until.ts'

const { signal } = new AbortController()

/** Runs this text whatever file it is asked for. */
function aHost(program: string) {
  const children: ChildProcess[] = []
  const host: ProgramHost = {
    name: 'here',
    spawn: (argv, options) => {
      const child = spawn(argv[0] as string, ['--input-type=module', '--eval', program], options)
      children.push(child)
      return child
    },
  }
  return { host, children }
}

const echo = `
  let input = ''
  for await (const piece of process.stdin) input += piece
  console.log(input)
  console.log(JSON.stringify('and that'))
`

it('hands out what a program says of its input, line by line', async () => {
  const lines: unknown[] = []
  for await (const line of runHostProgram(aHost(echo).host, 'any.ts', { of: 3 }, signal)) lines.push(line)
  expect(lines).toEqual([{ of: 3 }, 'and that'])
})

it('tells the exit code and what was complained of', async () => {
  const { host } = aHost(`console.error('no such service'); process.exit(3)`)
  const run = async () => {
    for await (const _line of runHostProgram(host, 'any.ts', {}, signal));
  }
  await expect(run()).rejects.toThrow('any.ts on here ended with 3: no such service')
})

it('ends a program that is read no further', async () => {
  const { host, children } = aHost(`console.log('1'); setInterval(() => {}, 1000)`)
  for await (const line of runHostProgram(host, 'any.ts', {}, signal)) {
    expect(line).toBe(1)
    break
  }
  await until('the program ends', () => children[0]?.signalCode === 'SIGTERM')
})
