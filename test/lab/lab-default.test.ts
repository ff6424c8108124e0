// The default topology, up once for the whole file.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../lab/enter.ts'
import { Lab } from '../../lab/lab.ts'
import { runCommand } from '../../lab/run-command.ts'
import type { LabStatus } from '../../lab/status.ts'
import { defaultTopology } from '../../lab/topology.ts'
import { labFolder } from './lab-folder.ts'
import { shoal, startShoal } from './shoal.ts'
import { importTinyImage } from './tiny-image.ts'

const name = 'default-test'
const here = ['--name', name]

/** What a lab could disturb on the machine itself. */
async function machineState(): Promise<readonly (readonly string[])[]> {
  const commands = [
    ['ip', '-oneline', 'link'],
    ['ip', '-oneline', 'address'],
    ['ip', 'route', 'show', 'table', 'all'],
    ['iptables-save'],
    ['cat', '/etc/hosts', '/etc/resolv.conf', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/kernel/hostname'],
    ['ls', '-la', '/etc', '/root', '/run', '/var/lib/docker', '/etc/docker', '/etc/ssh'],
  ]
  const results = await Promise.all(commands.map((argv) => runCommand(argv)))
  return results.map(({ stdout }) =>
    stdout
      .replace(/(valid_lft|preferred_lft) \d+sec/g, '')
      .split('\n')
      // The cables of throwaway engines (test/integration) of another run come and go meanwhile.
      .filter((line) => !/\bshe\d+/.test(line)),
  )
}

let lab: Lab
let machineBefore: readonly (readonly string[])[]

beforeAll(async () => {
  machineBefore = await machineState()
  lab = await Lab.up(defaultTopology(), {
    name,
    dataFolder: labFolder(),
    signal: AbortSignal.timeout(90_000),
  })
})
afterAll(() => lab?.down())

describe('the default lab', () => {
  it('lets every host reach every other by ssh, by name, with no more than a key', async () => {
    const names = lab.hosts.map((host) => host.name)
    const pairs = names.flatMap((from) => names.map((to) => ({ from, to })))
    const answers = await Promise.all(
      pairs.map(async ({ from, to }) => {
        const { stdout } = await lab.host(from).exec(['ssh', '-o', 'BatchMode=yes', `root@${to}`, 'hostname'])
        return `${from} ${stdout.trim()}`
      }),
    )
    expect(answers).toEqual(pairs.map(({ from, to }) => `${from} ${to}`))
  })

  it('reaches a host by its address as well, whose key is known', async () => {
    const { address } = lab.host('worker1')
    const { stdout, stderr } = await lab
      .host('client')
      .exec(['ssh', '-o', 'BatchMode=yes', address, 'hostname'])
    expect({ stdout, stderr }).toEqual({ stdout: 'worker1\n', stderr: '' })
  })

  it('refuses a password', async () => {
    const argv = ['ssh', '-o', 'PubkeyAuthentication=no', '-o', 'BatchMode=yes', 'worker1', 'true']
    const { exitCode, stderr } = await lab.host('client').exec(argv)
    expect(exitCode).toBe(255)
    expect(stderr).toContain('Permission denied (publickey)')
  })

  it('runs containers in each engine, which know nothing of each other', async () => {
    const [worker, other] = [lab.host('worker1'), lab.host('worker2')]
    await importTinyImage(worker)
    const ran = await worker.exec(['docker', 'run', '--rm', 'tiny', 'cat', '/proc/self/cgroup'])
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toContain(':/')
    const images = await other.exec(['docker', 'images', '--quiet'])
    expect(images.stdout).toBe('')
    const overSsh = await lab.host('client').exec(['ssh', 'worker1', 'docker', 'images', '--quiet'])
    expect(overSsh.stdout).not.toBe('')
  })

  it('lets a container reach another host', async () => {
    const script = `exec 3<>/dev/tcp/${lab.host('client').address}/22; read -r -u 3 line; echo "$line"`
    const { stdout, stderr } = await lab
      .host('worker1')
      .exec(['docker', 'run', '--rm', 'tiny', 'bash', '-c', script])
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^SSH-2\.0-OpenSSH/), stderr: '' })
  })

  it.each([
    '/run',
    '/var/lib/docker',
    '/etc/docker',
    '/etc/shoal',
    '/root/.ssh',
    '/root/.local/state',
    '/var/log',
  ])('keeps %s of each host to itself', async (folder) => {
    const file = join(folder, 'lab-private-test')
    await lab.host('worker1').exec(['sh', '-c', `mkdir -p ${folder} && echo mine > ${file}`])
    const own = await lab.host('worker1').exec(['cat', file])
    const others = await lab.host('worker2').exec(['cat', file])
    expect([own.stdout, others.exitCode]).toEqual(['mine\n', 1])
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('reaps orphans', async () => {
    await lab.host('client').exec(['sh', '-c', '(sleep 0.1 &) ; exit 0'])
    await expect
      .poll(async () => (await lab.host('client').exec(['ps', 'ax', '-o', 'stat,args'])).stdout, {
        timeout: 5000,
      })
      .not.toMatch(/^Z|sleep 0\.1/m)
  })

  it('kills a program of a host, and all that it started, when its time is over', async () => {
    const host = lab.host('client')
    const argv = ['sh', '-c', 'sleep 4711 & wait']
    await expect(host.exec(argv, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'LAB_EXEC_TIMEOUT' })
    await expect
      .poll(async () => (await host.exec(['ps', 'ax'])).stdout, { timeout: 5000 })
      .not.toContain('sleep 4711')
  })

  it('hands a signal on to the program that was spawned', async () => {
    const child = lab
      .host('client')
      .spawn(['sh', '-c', 'trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done'])
    let said = ''
    child.stdout?.on('data', (text) => {
      said += String(text)
      if (said === 'ready\n') child.kill('SIGTERM')
    })
    const [exitCode] = await once(child, 'close')
    expect([said, exitCode]).toEqual(['ready\nbye\n', 3])
  })

  it('changes nothing of the machine', async () => {
    expect(await machineState()).toEqual(machineBefore)
  })
})

describe('shoal lab, with a lab up', () => {
  it('measures about what Ethernet promises on each link, as JSON', async () => {
    const { stdout, exitCode } = await shoal('lab', 'status', '--json', ...here)
    expect(exitCode).toBe(0)
    const status = JSON.parse(stdout) as LabStatus
    expect(status.hosts.map(({ name, sshUp, engine }) => [name, sshUp, engine?.up])).toEqual(
      ['manager', 'worker1', 'worker2', 'client'].map((host) => [host, true, true]),
    )
    for (const { kind, state, measured } of status.links) {
      expect([kind, state]).toEqual(['ethernet', 'up'])
      expect(measured?.bandwidthMbit).toBeLessThan(105)
      expect(measured?.roundTripMs).toBeGreaterThan(0)
    }
  })

  it('shows hosts and links as a table', async () => {
    const { stdout } = await shoal('lab', 'status', '--quick', ...here)
    expect(stdout).toMatch(/worker1 +10\.77\.0\.2 +on +\d+ +up +\d/)
    expect(stdout).toMatch(/worker1 - switch +ethernet +up +100 Mbit\/s +- +-/)
  })

  it('hands stdin, both outputs and the exit code of a program through', async () => {
    const child = startShoal(
      'lab',
      'exec',
      ...here,
      'worker1',
      '--',
      'sh',
      '-c',
      'cat; echo oops >&2; exit 7',
    )
    const output = { out: '', err: '' }
    child.stdout?.on('data', (text) => {
      output.out += String(text)
    })
    child.stderr?.on('data', (text) => {
      output.err += String(text)
    })
    child.stdin?.end('from outside\n')
    const [exitCode] = await once(child, 'close')
    expect({ exitCode, ...output }).toEqual({ exitCode: 7, out: 'from outside\n', err: 'oops\n' })
  })

  it('is on the user’s terminal, whose Ctrl-C ends the program and nothing before it', async () => {
    const inside = 'test -t 0 && echo on a terminal; sleep 60'
    const command = `bin/shoal lab exec --name ${name} worker1 -- sh -c '${inside}'`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: checkout,
    })
    let shown = ''
    child.stdout.on('data', (text) => {
      shown += String(text)
      if (shown === 'on a terminal\r\n') child.stdin.write('\x03')
    })
    const [exitCode] = await once(child, 'close')
    expect([shown, exitCode]).toEqual(['on a terminal\r\n^C', 130])
  })

  it('hands SIGTERM on to the program', async () => {
    const child = startShoal(
      'lab',
      'exec',
      ...here,
      'worker1',
      '--',
      'sh',
      '-c',
      'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done',
    )
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    const [exitCode] = await once(child, 'close')
    expect(exitCode).toBe(9)
  })

  it('runs a program in the folder where the user stands, with shoal in its path and a host’s environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-exec-'))
    writeFileSync(join(folder, 'mine.txt'), 'seen\n')
    const before = process.cwd()
    process.chdir(folder)
    try {
      const script = 'cat mine.txt; command -v shoal; echo $HOME $XDG_RUNTIME_DIR$SHOAL_LAB_DIR $COLOUR'
      const { stdout } = await shoal(
        'lab',
        'exec',
        ...here,
        '--env',
        'COLOUR=red',
        'client',
        '--',
        'sh',
        '-c',
        script,
      )
      expect(stdout).toMatch(/^seen\n\/.*\/bin\/shoal\n\/root red\n$/)
    } finally {
      process.chdir(before)
      rmSync(folder, { recursive: true })
    }
  })

  it('names the hosts there are when asked for another', async () => {
    const { exitCode, stderr } = await shoal('lab', 'exec', ...here, 'worker', '--', 'true')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'error[LAB_HOST_UNKNOWN]: find, host "worker", lab "default-test": its hosts are manager',
    )
    expect(stderr).toContain('did you mean "worker1"?')
  })

  it('refuses a second lab of the same name, and leaves the first as it is', async () => {
    const { exitCode, stderr } = await shoal('lab', 'up', ...here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[LAB_EXISTS]')
    expect(stderr).toContain('shoal lab down --name default-test')
    const { stdout } = await lab.host('worker1').exec(['docker', 'version', '--format', '{{.Server.Os}}'])
    expect(stdout).toBe('linux\n')
  })
})
