// Pair mode as a user drives it: one client, two devices, real engines and sshds.
import { appendFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { errorCode, PairLab } from './pair-lab.ts'

let pair: PairLab
beforeAll(async () => {
  pair = await PairLab.up('pair-run')
})
afterAll(() => pair?.down())

/** CoAP by somebody else's client. @returns the payload. */
async function coap(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await pair.client.exec(['coap-client-notls', '-B', '5', ...argv])
  if (stderr !== '') throw new Error(stderr)
  return stdout.trim()
}

async function containers(device: string): Promise<readonly string[]> {
  return (await pair.leftOn(device)).filter((line) => line.startsWith('container '))
}

describe('a service on another device', () => {
  afterEach(async () => {
    await pair.shoal('pair', 'rm', 'root@worker1', 'root@worker2', '--all')
  })

  it('is started over SSH and used over CoAP, and leaves nothing but its image when it is removed', async () => {
    const [instance] = await pair.run('root@worker1', 'compute')
    expect(instance).toMatchObject({ instance: 'compute/compute.1', device: 'root@worker1', isNew: true })
    expect(instance?.phasesMs.send).toBeGreaterThan(0)
    expect(await coap('-m', 'put', '-e', '1 2 3 6', `${instance?.endpoint}/average`)).toBe('3')
    expect(await pair.must('pair', 'rm', 'root@worker1', 'compute')).toBe(
      'compute/compute.1 removed from root@worker1\n',
    )
    expect(await pair.leftOn('worker1')).toEqual(['image shoal/compute:0.1.0'])
    expect(await pair.journal()).toEqual([])
  })

  it('has its image sent the first time only', async () => {
    const [first] = await pair.run('root@worker2', 'compute')
    await pair.must('pair', 'rm', 'root@worker2', 'compute')
    const [second] = await pair.run('root@worker2', 'compute')
    expect(first?.phasesMs.send).toBeGreaterThan(0)
    expect(second?.phasesMs.send).toBe(0)
  })

  it('is left alone when it runs already as wanted', async () => {
    const [first] = await pair.run('root@worker1', 'compute')
    const [second] = await pair.run('root@worker1', 'compute')
    expect(second).toMatchObject({ isNew: false, container: first?.container, endpoint: first?.endpoint })
  })

  it('is replaced when its settings have changed', async () => {
    const file = (level: string) =>
      pair.compose(
        'changes',
        `s: {image: "shoal/compute:0.1.0", ports: ["5683/udp"], environment: {LEVEL: "${level}"}}`,
      )
    const [first] = await pair.run('root@worker1', file('1'))
    const [second] = await pair.run('root@worker1', file('2'))
    expect(second?.isNew).toBe(true)
    expect(second?.container).not.toBe(first?.container)
    expect(await containers('worker1')).toEqual(['container changes-s-1'])
  })

  it('comes back when its replacement fails', async () => {
    const file = (command: string) =>
      pair.compose('returns', `s: {image: "shoal/compute:0.1.0", ports: ["5700:5683/udp"]${command}}`)
    const [first] = await pair.run('root@worker1', file(''))
    const failed = await pair.shoal(
      'pair',
      'run',
      'root@worker1',
      file(', entrypoint: ["node", "-e", "process.exit(9)"]'),
    )
    expect(errorCode(failed)).toBe('CONTAINER_EXITED')
    expect(await containers('worker1')).toEqual(['container returns-s-1'])
    const { instances } = JSON.parse(await pair.must('pair', 'ps', 'root@worker1', '--json'))
    expect(instances).toMatchObject([
      { container: first?.container, state: 'running', endpoint: first?.endpoint },
    ])
    expect(await coap('-m', 'put', '-e', '2 4', `${first?.endpoint}/average`)).toBe('3')
  })

  it('is spread over devices, and shrinks again', async () => {
    const devices = ['root@worker1', 'root@worker2']
    const many = await pair.run(...devices, 'compute', '--replicas', '3')
    expect(many.map(({ instance, device }) => `${instance} ${device}`)).toEqual([
      'compute/compute.1 root@worker1',
      'compute/compute.2 root@worker2',
      'compute/compute.3 root@worker1',
    ])
    expect(new Set(many.map(({ endpoint }) => endpoint)).size).toBe(3)
    const one = await pair.run(...devices, 'compute', '--replicas', '1')
    expect(one).toMatchObject([{ container: many[0]?.container, isNew: false }])
    expect(await containers('worker1')).toEqual(['container compute-compute-1'])
    expect(await containers('worker2')).toEqual([])
  })

  it('is told which device can’t carry it, and why', async () => {
    const file = pair.compose('fixed', 's: {image: "shoal/compute:0.1.0", ports: ["5683:5683/udp"]}')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'root@worker2', file, '--replicas', '3')
    expect(errorCode(failed)).toBe('UNPLACED')
    expect(failed.stderr).toContain('root@worker1: its port 5683/udp is held by instance fixed/s.1')
    expect(failed.stderr).toContain('root@worker2: its port 5683/udp is held by instance fixed/s.2')
    expect(await containers('worker1')).toEqual([])
  })
})

describe('an application of several services', () => {
  it('has a network of its own, starts in order, and goes as a whole', async () => {
    const program = "fetch('http://store:8000').then(()=>process.exit(0),()=>process.exit(1))"
    const file = pair.compose(
      'several',
      [
        'web:',
        '  image: shoal/compute:0.1.0',
        '  ports: ["5683/udp"]',
        '  depends_on: {store: {condition: service_healthy}}',
        'store:',
        '  image: shoal/compute:0.1.0',
        `  entrypoint: ["node", "-e", "require('http').createServer((q,s)=>s.end('x')).listen(8000);process.on('SIGTERM',()=>process.exit())"]`,
        `  healthcheck: {test: ["CMD", "node", "-e", "${program}"], interval: 300ms, timeout: 3s, retries: 30}`,
        '  x-shoal: {coap: false}',
      ].join('\n'),
    )
    const instances = await pair.run('root@worker1', file)
    expect(instances.map(({ instance, endpoint }) => [instance, endpoint === null]).toSorted()).toEqual([
      ['several/store.1', true],
      ['several/web.1', false],
    ])
    expect(await pair.leftOn('worker1')).toContain('network several_default')
    await pair.must('pair', 'rm', 'root@worker1', 'several/web')
    expect(await pair.leftOn('worker1')).toContain('network several_default')
    await pair.must('pair', 'rm', 'root@worker1', 'several')
    expect(await pair.leftOn('worker1')).toEqual(['image shoal/compute:0.1.0'])
  })

  it('is undone as a whole when one of them fails, on every device', async () => {
    const file = pair.compose(
      'together',
      [
        'good: {image: "shoal/compute:0.1.0", ports: ["5683/udp"], volumes: ["kept:/data"], deploy: {replicas: 2}}',
        'bad: {image: "shoal/compute:0.1.0", entrypoint: ["node", "-e", "process.exit(4)"], x-shoal: {coap: false, ready: {timeout: 5s}},',
        '  healthcheck: {test: ["CMD", "node"], interval: 60s}}',
      ].join('\n'),
    )
    const before = await Promise.all(['worker1', 'worker2'].map((device) => pair.leftOn(device)))
    appendFileSync(file, 'volumes: {kept: }\n')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'root@worker2', file)
    expect(errorCode(failed)).toBe('CONTAINER_EXITED')
    expect(failed.stderr).toContain('exit code 4')
    expect(await Promise.all(['worker1', 'worker2'].map((device) => pair.leftOn(device)))).toEqual(before)
  })
})

describe('looking at devices', () => {
  it('lists instances with their endpoints, also while one device is away', async () => {
    const [instance] = await pair.run('root@worker1', 'compute')
    const { exitCode, stdout, stderr } = await pair.shoal(
      'pair',
      'ps',
      'root@worker1',
      'root@nosuch',
      '--json',
    )
    expect(JSON.parse(stdout).instances).toMatchObject([
      {
        instance: 'compute/compute.1',
        device: 'root@worker1',
        state: 'running',
        endpoint: instance?.endpoint,
      },
    ])
    expect(errorCode({ stderr })).toBe('HOST_UNRESOLVED')
    expect(exitCode).toBe(1)
    const table = await pair.must('pair', 'ps', 'root@worker1')
    expect(table).toMatch(/^compute\/compute\.1 +root@worker1 +coap:\/\/\S+ +Up /m)
  })

  it('prints logs, of several instances with their names', async () => {
    await pair.run('root@worker1', 'root@worker2', 'compute', '--replicas', '2')
    const all = await pair.must('pair', 'logs', 'root@worker1', 'root@worker2', 'compute')
    expect(
      all
        .split('\n')
        .filter((line) => line !== '')
        .toSorted(),
    ).toEqual([
      expect.stringMatching(/^compute\/compute\.1 \| .*5683/),
      expect.stringMatching(/^compute\/compute\.2 \| .*5683/),
    ])
    expect(await pair.must('pair', 'logs', 'root@worker2', 'compute/compute.2', '--tail', '1')).toMatch(
      /^\S.*5683/,
    )
  })

  it('follows a log until it is told to stop', async () => {
    const file = pair.compose(
      'talks',
      `s: {image: "shoal/compute:0.1.0", x-shoal: {coap: false}, entrypoint: ["node", "-e", "let n=0;setInterval(()=>console.log('line',n++),50);process.on('SIGTERM',()=>process.exit())"]}`,
    )
    await pair.run('root@worker1', file)
    const following = pair.start('pair', 'logs', 'root@worker1', 'talks', '--follow')
    await following.says(/line \d+[\s\S]*line \d+/)
    following.child.kill('SIGINT')
    expect((await following.end()).exitCode).toBe(0)
  })

  it('knows no application that is not there', async () => {
    for (const command of ['logs', 'rm']) {
      const failed = await pair.shoal('pair', command, 'root@worker1', 'nosuch')
      expect([errorCode(failed), failed.exitCode]).toEqual(['APPLICATION_UNKNOWN', 1])
    }
  })
})

describe('the connection', () => {
  /** TCP connections of the client to a device’s sshd. */
  async function connections(device: string): Promise<number> {
    const { stdout } = await pair.client.exec([
      'ss',
      '-Htn',
      'state',
      'established',
      `dst ${pair.host(device).address}:22`,
    ])
    return stdout.split('\n').filter((line) => line !== '').length
  }

  it('is one a device, whatever is done over it, and whichever command does it', async () => {
    await pair.must('pair', 'disconnect', 'root@worker1')
    await pair.run('root@worker1', 'compute', '--replicas', '4')
    expect(await connections('worker1')).toBe(1)
    await pair.must('pair', 'logs', 'root@worker1', 'compute')
    await pair.must('pair', 'rm', 'root@worker1', '--all')
    expect(await connections('worker1')).toBe(1)
  })

  it('carries more calls at once than sshd lets sessions in', async () => {
    const program = fileURLToPath(new URL('./parallel-calls.ts', import.meta.url))
    const { stdout, stderr } = await pair.client.exec([process.execPath, program, 'root@worker1', '32'])
    expect(stderr).toBe('')
    expect(stdout).toBe('32 answered\n')
    expect(await connections('worker1')).toBe(1)
  })

  it('ends when it is told to, and leaves no file', async () => {
    await pair.must('pair', 'ps', 'root@worker1', 'root@worker2')
    await pair.must('pair', 'disconnect', 'root@worker1', 'root@worker2')
    expect(await connections('worker1')).toBe(0)
    const { stdout } = await pair.client.exec(['ls', '-A', '/run/shoal'])
    expect(stdout).toBe('')
  })

  it('uses ssh’s own configuration: an alias, a jump over another host, a key file', async () => {
    const config = `${pair.folder}/ssh-config`
    writeFileSync(config, 'Host board\n  HostName worker1\n  User root\n  ProxyJump root@worker2\n')
    const key = '/root/.ssh/id_ed25519'
    const rows = JSON.parse(await pair.must('pair', 'ps', 'ssh://board', '-F', config, '-i', key, '--json'))
    expect(rows).toEqual({ instances: [] })
    await pair.must('pair', 'disconnect', 'ssh://board', '-F', config, '-i', key)
  })
})
