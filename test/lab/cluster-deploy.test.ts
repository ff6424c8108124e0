// How applications come into a cluster, change, and leave it, and how fast a name becomes an answer: the real manager, workers and command line.
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ClusterLab, computeService } from './cluster-lab.ts'

let cluster: ClusterLab

beforeAll(async () => {
  cluster = await ClusterLab.up('deploying')
  await cluster.start()
  // Its image is on both workers from then on.
  await cluster.mustShoal('catalogue', 'add', cluster.compose('cold', computeService()))
}, 120_000)
afterAll(async () => {
  await cluster?.down()
})
afterEach(async () => {
  const names = await cluster.must(cluster.manager, 'docker', 'service', 'ls', '--format', '{{.Name}}')
  const applications = new Set(names.split('\n').map((name) => name.split('_', 1)[0] ?? ''))
  for (const application of applications) if (application !== '') await cluster.mustShoal('rm', application)
})

/** What Swarm has of an application, or of a trial. */
async function leftInSwarm(): Promise<string> {
  return await cluster.must(
    cluster.manager,
    'sh',
    '-c',
    [
      'docker service ls --format "service {{.Name}}"',
      'docker secret ls --format "secret {{.Name}}"',
      'docker config ls --format "config {{.Name}}" | grep -v shoal-catalogue- || true',
      'docker network ls --filter scope=swarm --format "network {{.Name}}" | grep -v ingress || true',
    ].join('; '),
  )
}

/** An application of one service that says by its program whether it is any good. */
function green(more: string, { ports = '"5683/udp"', ready = '3s' } = {}): string {
  const file = join(cluster.folder, 'green.yaml')
  writeFileSync(
    file,
    `name: green
services:
  climate:
    image: shoal/compute:0.1.0
    ports: [${ports}]
    x-shoal: { ready: { timeout: ${ready} } }
${more}`,
  )
  return file
}

const mute = `    entrypoint: ["/usr/bin/node", "-e", "console.log('no sensor here'); setInterval(() => {}, 1000)"]\n`

interface Instance {
  readonly id: string
  readonly state: string
  readonly endpoint: string | null
}

async function instancesOf(application: string): Promise<readonly Instance[]> {
  const { services } = JSON.parse(await cluster.mustShoal('ps', application, '--json')) as {
    readonly services: readonly { readonly instances: readonly Instance[] }[]
  }
  return services.flatMap(({ instances }) => instances)
}

interface Asked {
  readonly code: number | null
  readonly ms: number
}

/** A client that asks through the manager without end. */
class SteadyClient {
  readonly asked: Asked[] = []
  readonly #child: ChildProcess

  constructor(name: string) {
    const program = fileURLToPath(new URL('steady-client-program.ts', import.meta.url))
    const uri = `coap://${cluster.manager.address}/s/${name}/.well-known/core`
    this.#child = cluster.client.spawn([process.execPath, program, uri])
    if (this.#child.stdout === null) throw new Error('it has no output')
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.asked.push(JSON.parse(line) as Asked),
    )
  }

  /** @returns what was not answered with 2.05 */
  async end(): Promise<readonly Asked[]> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await ended
    expect(this.asked.length).toBeGreaterThan(10)
    return this.asked.filter(({ code }) => code !== 0x45)
  }

  slowestMs(): number {
    return Math.max(...this.asked.map(({ ms }) => ms))
  }
}

describe('a deployment', () => {
  it('makes what the services need first, is the same the second time, and keeps what Swarm may go back to', async () => {
    const file = join(cluster.folder, 'whole.yaml')
    const write = (greeting: string) =>
      writeFileSync(
        file,
        `name: whole
secrets: { key: { environment: KEY } }
configs: { greeting: { content: ${greeting} } }
networks: { inner: {} }
services:
  back: { image: "shoal/compute:0.1.0", ports: ["5683/udp"], networks: [inner], secrets: [key] }
  front: { image: "shoal/compute:0.1.0", ports: ["5683/udp"], networks: [inner], configs: [greeting], depends_on: [back] }
`,
      )
    const deploy = () =>
      cluster.must(
        cluster.client,
        ...['env', 'SHOAL_IMAGES=/nowhere', 'KEY=wild', 'shoal', 'deploy', file, '--json'],
      )
    const planOf = (json: string) => (JSON.parse(json) as { plan: { text: string } }).plan.text
    write('one')
    expect(planOf(await deploy())).toMatch(
      /^whole:\n {2}\+ create network whole_inner\n {2}\+ create secret whole_key\S*\n {2}\+ create config whole_greeting\S*\n {2}\+ create back: .*\n {2}\+ create front: .*$/,
    )
    expect(planOf(await deploy())).toBe('whole:\n  = keep   back\n  = keep   front')

    const [, firstConfig = 'none'] = /config (whole_greeting\S*)/.exec(await leftInSwarm()) ?? []
    write('two')
    expect(planOf(await deploy())).toMatch(/\n {2}= keep {3}back\n {2}~ update front: configs$/)
    expect(await leftInSwarm()).toContain(firstConfig)
    expect(planOf(await deploy())).toBe(
      `whole:\n  = keep   back\n  = keep   front\n  - remove config ${firstConfig}: nothing uses it`,
    )
    expect(await leftInSwarm()).not.toContain(firstConfig)

    await cluster.mustShoal('rm', 'whole')
    expect(await leftInSwarm()).toBe('')
  })

  it('leaves the number of instances that was set since, until the file says another', async () => {
    await cluster.mustShoal('deploy', green(''))
    await cluster.mustShoal('scale', 'green/climate=2')
    expect(await cluster.mustShoal('deploy', green(''))).toMatch(/green\/climate +2\/2/)
    expect(
      (await cluster.shoal('deploy', green('    deploy: { replicas: 1 }\n    environment: { A: "1" }\n')))
        .stdout,
    ).toMatch(/green\/climate +2\/2/)
    const { stderr } = await cluster.shoal(
      'deploy',
      green('    deploy: { replicas: 3 }\n    environment: { A: "1" }\n'),
    )
    expect(stderr).toContain('~ scale  climate: active 2 → 3')
    expect(await instancesOf('green')).toHaveLength(3)
  })

  it('rolls a new version in while a client asks without end', async () => {
    await cluster.mustShoal('deploy', green(''))
    const [before] = await instancesOf('green')
    const client = new SteadyClient('green')
    const { exitCode, stderr } = await cluster.shoal('deploy', green('    environment: { MODE: fast }\n'))
    expect(exitCode).toBe(0)
    expect(stderr).toContain('~ update climate: environment MODE\n')
    expect(stderr).toContain('the new version of green/climate answers')
    const after = await instancesOf('green')
    expect(after.map(({ state }) => state)).toContain('answering')
    expect(after.find(({ state }) => state === 'answering')?.id).not.toBe(before?.id)
    expect(await client.end()).toEqual([])
    expect(client.slowestMs()).toBeLessThan(3000)
    expect(await leftInSwarm()).toBe('service green_climate\n')
  })

  it('does not touch what runs when the new version never answers, and says what that wrote', async () => {
    await cluster.mustShoal('deploy', green(''))
    const [before] = await instancesOf('green')
    const client = new SteadyClient('green')
    const { exitCode, stderr } = await cluster.shoal('deploy', green(mute))
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /error\[DEPLOY_ROLLED_BACK\]: update, green\/climate: the new version was tried .* did not answer CoAP within 3 s .*its last line: no sensor here/,
    )
    expect(await client.end()).toEqual([])
    expect(await instancesOf('green')).toEqual([
      expect.objectContaining({ id: before?.id, state: 'answering' }),
    ])
    expect(await leftInSwarm()).toBe('service green_climate\n')
  })

  it('goes back to the version before where none can stand beside it', async () => {
    const fixed = { ports: '"5700:5683/udp"' }
    await cluster.mustShoal('deploy', green('', fixed))
    const { exitCode, stderr } = await cluster.shoal('deploy', green(mute, fixed))
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /error\[DEPLOY_ROLLED_BACK\]: update, green\/climate: .*the version before runs again/,
    )
    expect(await instancesOf('green')).toEqual([expect.objectContaining({ state: 'answering' })])
  })

  it('says that a first version does not answer, and ends when it is removed meanwhile', async () => {
    const sick = cluster.compose('sick', computeService(`    x-shoal: { ready: { timeout: 1s } }\n${mute}`))
    const { exitCode, stderr } = await cluster.shoal('deploy', sick)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[DEPLOY_INCOMPLETE\]: deploy, sick\/compute: .*no sensor here/)
    await cluster.mustShoal('rm', 'sick')
    const slow = cluster.compose('sick', computeService(`    x-shoal: { ready: { timeout: 60s } }\n${mute}`))
    const deploying = cluster.shoal('deploy', slow)
    await eventually('it is there', async () => (await leftInSwarm()).includes('sick_compute'))
    await cluster.mustShoal('rm', 'sick')
    expect((await deploying).stderr).toContain('it was removed while it was being deployed')
    expect(await leftInSwarm()).toBe('')
  })

  it('takes away the trial of a manager that was killed in the middle of it', async () => {
    await cluster.mustShoal('deploy', green(''))
    const deploying = cluster.shoal('deploy', green(mute, { ready: '60s' }))
    await eventually('it is tried', async () => (await leftInSwarm()).includes('-trial-'))
    await cluster.must(
      cluster.manager,
      ...['sh', '-c', "kill -KILL $(grep -oE '[0-9]+' /var/lib/shoal/manager/manager.pid | head -n 1)"],
    )
    await deploying
    expect(await leftInSwarm()).toContain('-trial-')
    await cluster.must(cluster.manager, 'shoal', 'manager', 'start', '--background')
    await eventually('it is gone', async () => (await leftInSwarm()) === 'service green_climate\n')
  })
})

describe('the manager', () => {
  it('goes on when the Engine under it was killed and has come back', async () => {
    await cluster.mustShoal('deploy', green(''))
    await cluster.manager.stopEngine('SIGKILL')
    await cluster.manager.startEngine()
    await eventually('it sees its cluster', async () => {
      const { exitCode, stdout } = await cluster.shoal('ps', 'green')
      return exitCode === 0 && /green\/climate +1\/1/.test(stdout)
    })
    const { exitCode, stderr } = await cluster.shoal('deploy', green('    environment: { AGAIN: "1" }\n'))
    expect(`${exitCode} ${stderr}`).toMatch(/^0 [\s\S]*green\/climate answers/)
  })
})

describe('an activation', () => {
  it('takes a fraction of a cold one where an instance stands by, and gives it back', async () => {
    await cluster.mustShoal(
      'deploy',
      cluster.compose('spare', computeService('    deploy: { replicas: 0 }\n    x-shoal: { standby: 1 }\n')),
    )
    const cold: number[] = []
    const standby: number[] = []
    for (let round = 0; round < 3; round += 1) {
      cold.push(await activate('cold'))
      standby.push(await activate('spare'))
    }
    console.log(`activation, cold: ${shown(cold)} ms; from standby: ${shown(standby)} ms`)
    expect(median(standby)).toBeLessThan(0.3 * median(cold))
    expect(await leftInSwarm()).toBe('service spare_compute\n')
    expect(await instancesOf('spare')).toContainEqual(expect.objectContaining({ state: 'standby' }))
  })

  it('is one for all who ask at the same moment', async () => {
    const api = `http://${cluster.manager.address}:8480/api/v1/activations`
    const curl = ['curl', '--silent', '--json', JSON.stringify({ name: 'cold' }), api]
    const answers = await Promise.all([1, 2, 3].map(() => cluster.must(cluster.client, ...curl)))
    const endpoints = answers.map((answer) => (JSON.parse(answer) as { endpoint: string }).endpoint)
    expect(new Set(endpoints).size).toBe(1)
    expect(await instancesOf('cold')).toHaveLength(1)
  })

  it('ends when what it waits for is removed', async () => {
    const more = `    x-shoal: { ready: { timeout: 60s } }\n${mute}`
    await cluster.mustShoal('catalogue', 'add', cluster.compose('sick', computeService(more)))
    const asked = cluster.coap('post', '/services/sick')
    await eventually('it is there', async () => (await leftInSwarm()).includes('sick_compute'))
    await cluster.mustShoal('rm', 'sick')
    expect(await asked).toMatch(/4\.04.*removed while it was being activated/s)
    expect(await leftInSwarm()).toBe('')
    await cluster.mustShoal('catalogue', 'rm', 'sick')
  })

  it('of what no node can run is refused at once, and takes back what it had asked for', async () => {
    const more = '    deploy: { replicas: 0, resources: { reservations: { memory: 900g } } }\n'
    await cluster.mustShoal('deploy', cluster.compose('nowhere', computeService(more)))
    expect(await cluster.coap('post', '/services/nowhere')).toMatch(/5\.03.*needs 921600 MiB/s)
    await expect
      .poll(() => cluster.mustShoal('ps', 'nowhere'), { timeout: 10_000 })
      .toMatch(/nowhere\/compute +0\/0 .* stopped /)
  })
})

/** By HTTP, and back again until nothing of it is active. @returns the manager's own milliseconds */
async function activate(name: string): Promise<number> {
  const api = `http://${cluster.manager.address}:8480/api/v1/activations`
  const body = JSON.stringify({ name })
  const answer = await cluster.must(cluster.client, ...['curl', '--silent', '--json', body, api])
  const { activationMs, wasActive } = JSON.parse(answer) as { activationMs: number; wasActive: boolean }
  expect(wasActive).toBe(false)
  await cluster.must(cluster.client, 'curl', '--silent', '--request', 'DELETE', `${api}/${name}`)
  await eventually('it is given back', async () =>
    (await instancesOf(name).catch(() => [])).every(({ state }) => state === 'standby'),
  )
  return activationMs
}

async function eventually(what: string, holds: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const endsAtMs = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > endsAtMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function shown(values: readonly number[]): string {
  return `median ${median(values).toFixed(0)} of ${values.map((value) => value.toFixed(0)).join(', ')}`
}
