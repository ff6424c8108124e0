// Runs in the client's host: takes the hosts of an inventory through their modes, and tells as one JSON value what it saw.
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { EvaluationHost } from '../../evaluation/hosts/evaluation-host.ts'
import { parseInventory } from '../../evaluation/hosts/inventory.ts'
import { realStages } from '../../evaluation/hosts/real-stages.ts'
import type { Stage, StageNeed } from '../../evaluation/hosts/stage.ts'
import { renderError, ShoalError } from '../../src/model/errors.ts'
import { until } from '../until.ts'

const [file = '', what = ''] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort(new Error('stopped')))
const stages = realStages(parseInventory(readFileSync(file, 'utf8'), file))
const say = (line: string) => process.stderr.write(`${line}\n`)
const need = (mode: StageNeed['mode']): StageNeed => ({ link: 'ethernet', mode, workers: 1, devices: false })
const open = (mode: StageNeed['mode']): Promise<Stage> => stages.open(need(mode), stop.signal, say)

/** Managers and agents (not the shells that attend them), and the state of the Engine's Swarm. */
const look =
  'ps ax -o args | grep -c "^[^ ]*node .*manager start"; ps ax -o args | grep -c "^[^ ]*node .*worker agent"; docker info --format "{{.Swarm.LocalNodeState}}"'

async function seen({ manager, workers }: Stage): Promise<readonly string[]> {
  const hosts: readonly EvaluationHost[] = [manager, ...workers]
  const answers = await Promise.all(hosts.map((host) => host.exec(['sh', '-c', look])))
  return answers.map(({ stdout }) => stdout.trim().replaceAll('\n', ' '))
}

async function tour(): Promise<unknown> {
  await stages.assertReady?.([need('pair'), need('cluster')], stop.signal, say)
  const first = await open('pair')
  const pair = await seen(first)
  const sampled = new Set<string>()
  const end = first.onSample(({ host }) => sampled.add(host))
  await until('a sample of each host', () => sampled.size === 3)
  end()
  const [worker] = first.workers
  if (worker === undefined) throw new Error('no worker')
  const programs = await tryPrograms(worker)
  const cluster = await seen(await open('cluster'))
  const last = await open('pair')
  return {
    pair,
    cluster,
    again: await seen(last),
    facts: last.facts.map(({ name, kind, power }) => `${name} ${kind} ${power?.name}`),
    sampled: [...sampled].sort(),
    ...programs,
  }
}

async function tryPrograms(host: EvaluationHost) {
  const answer = await host.exec(['sh', '-c', 'cat; echo "$@"; exit 3', 'sh', "it's", '$HOME', '"a b"'], {
    input: 'input\n',
  })
  const noInput = await host.exec(['cat'])
  const late = await host.exec(['sleep', '777'], { timeoutMs: 1000 }).catch((error: unknown) => error)
  const afterLate = await host.exec(['sh', '-c', 'ps ax -o args | grep -c "[s]leep 777"'])
  const child = host.spawn(
    ['sh', '-c', 'trap "echo heard it; exit 5" TERM; echo up; while :; do sleep 0.05; done'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await until('the program runs', () => said.includes('up'))
  child.kill('SIGTERM')
  await until('it has ended', () => child.exitCode === 5)
  return {
    answer,
    noInput,
    late: late instanceof ShoalError ? late.code : late,
    afterLate: afterLate.stdout.trim(),
    onSigterm: said.replace('up', '').trim(),
  }
}

try {
  if (what === 'tour') process.stdout.write(JSON.stringify(await tour()))
  else {
    await open('cluster')
    process.stdout.write('up\n')
    await new Promise<void>((resolve) =>
      stop.signal.addEventListener('abort', () => resolve(), { once: true }),
    )
  }
} catch (error) {
  process.stderr.write(error instanceof ShoalError ? renderError(error) : String(error))
  process.exitCode = 1
} finally {
  await stages.close()
}
