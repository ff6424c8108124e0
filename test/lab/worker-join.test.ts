// Devices join and leave, and what can go wrong with it: real Engines, the real manager, the real command line.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { JoiningLab } from './joining-lab.ts'
import { errorCode, StartedShoal } from './pair-lab.ts'

const hourMs = 3_600_000

let lab: JoiningLab
/** Of each device, before anything was done to it. */
const untouched = new Map<string, string>()

beforeAll(async () => {
  lab = await JoiningLab.up('joining')
  for (const device of ['w1', 'w2']) untouched.set(device, await lab.state(device))
})
afterAll(() => lab?.down())
afterEach(async () => {
  await Promise.all(['w1', 'w2'].map((device) => lab.leave(device)))
  await lab.startManager()
})

async function expectUntouched(device: string): Promise<void> {
  expect(await lab.state(device)).toBe(untouched.get(device))
}

/** Asks until the answer fits. */
async function eventually<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const endMs = performance.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (performance.now() > endMs) throw new Error(`not in time: ${what}: ${JSON.stringify(answer)}`)
    await delay(100)
  }
}

async function agentReports(device: string): Promise<boolean> {
  const { stdout } = await lab.must('manager', ['shoal', 'nodes'])
  return new RegExp(`^${device} .* reports `, 'm').test(stdout)
}

const engineConfig = async (device: string): Promise<unknown> =>
  JSON.parse((await lab.must(device, ['cat', '/etc/docker/daemon.json'])).stdout)

/** The token of another cluster, whose manager nobody has ever seen. */
async function foreignToken(): Promise<string> {
  const keys = await KeyFolder.open(join(lab.folder, 'foreign'), { names: ['127.0.0.1'], nowMs: Date.now() })
  return keys.issueToken({ validMs: hourMs, nowMs: Date.now() })
}

describe('a device', () => {
  it('finds its manager, keeps its own settings, and is as before when it has left', async () => {
    const { stderr } = await lab.join('w1')
    expect(stderr).toContain('looks for the manager in the local network')
    const { stdout: labels } = await lab.must('w1', ['docker', 'info', '--format', '{{json .Labels}}'])
    const [label = '', zone] = (JSON.parse(labels) as string[]).toSorted()
    expect([label, zone]).toEqual([expect.stringMatching(/^shoal\.cluster=[0-9a-f]{16}$/), 'zone=field'])
    expect(await engineConfig('w1')).toEqual({
      'max-concurrent-downloads': 2,
      labels: ['zone=field', label],
      debug: false,
    })
    const { stdout: inSwarm } = await lab.must('manager', [
      'docker',
      'node',
      'inspect',
      'w1',
      '--format',
      '{{index .Description.Engine.Labels "shoal.cluster"}}',
    ])
    expect(`shoal.cluster=${inSwarm.trim()}`).toBe(label)
    await eventually('its agent reports', () => agentReports('w1'), Boolean)

    await lab.leave('w1')
    await expectUntouched('w1')
  })

  it('that had no configuration has none afterwards, and leaving twice is leaving once', async () => {
    await lab.join('w2', `coap://${lab.address}`)
    await lab.leave('w2')
    await expectUntouched('w2')
    const { stdout } = await lab.leave('w2')
    expect(stdout).toBe('this device is a member of no cluster\n')
    await expectUntouched('w2')
  })

  it('trusts the registry of its manager, with the credentials that it was given', async () => {
    await lab.join('w2')
    const script = [
      'file=/var/lib/shoal/worker/membership.json',
      'read_key() { sed -n "s/.*\\"$1\\": \\"\\(.*\\)\\".*/\\1/p" $file; }',
      'read_key password | docker login --username $(read_key username) --password-stdin $(read_key authority)',
    ].join('; ')
    const { stdout } = await lab.must('w2', ['sh', '-c', script])
    expect(stdout).toContain('Login Succeeded')
    const { stdout: mode } = await lab.must('w2', [
      'stat',
      '-c',
      '%a',
      '/var/lib/shoal/worker/membership.json',
    ])
    expect(mode.trim()).toBe('600')
    await lab.must('w2', ['rm', '-f', '/root/.docker/config.json'])
  })

  it('that joins again mends what is missing: agent, label, trust', async () => {
    await lab.join('w2')
    const whole = await lab.state('w2')
    const { stdout } = await lab.join('w2')
    expect(stdout).toMatch(/is a worker of \S+ already\n$/)
    const script = [
      'kill -9 $(cut -d " " -f 1 /var/lib/shoal/worker/agent.pid)',
      'rm -r /etc/docker/certs.d',
      'echo "{\\"labels\\": []}" >/etc/docker/daemon.json',
      'kill -HUP $(cat /run/docker.pid)',
    ].join('; ')
    await lab.must('w2', ['sh', '-c', script])
    const { stdout: mended } = await lab.join('w2')
    expect(mended).toMatch(/already; its agent was started\n$/)
    expect(await lab.state('w2')).toBe(whole)
    await lab.leave('w2')
    // What stood there when it was mended stays; nothing of ours does.
    expect(await engineConfig('w2')).toEqual({ labels: [] })
    await lab.must('w2', ['rm', '/etc/docker/daemon.json'])
    await expectUntouched('w2')
  })

  it('keeps what was changed by hand in the meantime', async () => {
    await lab.join('w1')
    await lab.must('w1', ['sed', '-i', 's/"debug": false/"debug": true/', '/etc/docker/daemon.json'])
    await lab.leave('w1')
    expect(await engineConfig('w1')).toEqual({
      'max-concurrent-downloads': 2,
      labels: ['zone=field'],
      debug: true,
    })
    await lab.must('w1', ['sed', '-i', 's/"debug": true/"debug": false/', '/etc/docker/daemon.json'])
    await expectUntouched('w1')
  })

  it('that was thrown out of the Swarm is taken in again', async () => {
    await lab.join('w2')
    const { stdout: id } = await lab.must('w2', ['docker', 'info', '--format', '{{.Swarm.NodeID}}'])
    await lab.must('manager', ['docker', 'node', 'rm', '--force', id.trim()])
    const { stderr, stdout } = await lab.join('w2')
    expect(stderr).toContain('removed this device from its list')
    expect(stdout).toMatch(/ now\n$/)
    expect(await lab.nodes()).toContain('w2 Ready')
    await eventually('its agent reports', () => agentReports('w2'), Boolean)
  })
})

describe('the manager is found', () => {
  it('by DNS-SD alone, where CoAP does not get through; the agent starts all the same', async () => {
    const mend = await lab.drop('w2', 'INPUT', '--protocol', 'udp', '--sport', '5683', '--jump', 'DROP')
    const { stdout } = await lab.join('w2')
    expect(stdout).toContain('is a worker of')
    const { stdout: status } = await lab.must('w2', ['shoal', 'worker', 'status'])
    expect(status).toMatch(/^manager .*\(does not answer\)$/m)
    expect(status).toMatch(/^agent +runs$/m)
    await mend()
    await eventually('its agent reports', () => agentReports('w2'), Boolean)
  })

  it('by CoAP multicast alone, where DNS-SD does not get through', async () => {
    const mend = await lab.drop('w2', 'INPUT', '--protocol', 'udp', '--dport', '5353', '--jump', 'DROP')
    const { stderr } = await lab.join('w2')
    expect(stderr).toContain(`asks the manager at ${lab.address}`)
    await mend()
  })

  it('amid garbage on both groups', async () => {
    const program = `
      const socket = require('node:dgram').createSocket('udp4')
      socket.bind(0, () => {
        socket.setMulticastInterface('${lab.host('w1').address}')
        setInterval(() => {
          for (const [port, group] of [[5353, '224.0.0.251'], [5683, '224.0.1.187']]) {
            socket.send(require('node:crypto').randomBytes(1 + Math.random() * 600), port, group)
            socket.send(Buffer.concat([Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 9, 0, 0, 0, 9]), require('node:crypto').randomBytes(80)]), port, group)
          }
        }, 1)
        console.log('sends')
      })`
    const noise = new StartedShoal(lab.host('w1').spawn(['node', '-e', program]))
    await noise.says(/sends/)
    await lab.join('w2')
    noise.child.kill('SIGKILL')
    await noise.end()
    await eventually('the manager goes on', () => agentReports('w2'), Boolean)
  })

  it('is told to be named where nobody answers', async () => {
    await lab.stopManager()
    const token = await lab.token()
    const { stderr } = await lab.shoal('w2', ['worker', 'join', '--token', token])
    expect(errorCode({ stderr })).toBe('MANAGER_NOT_FOUND')
    expect(stderr).toContain('shoal worker join coap://ADDRESS --token')
    await expectUntouched('w2')
    const named = await lab.shoal('w2', ['worker', 'join', `coap://${lab.address}`, '--token', token])
    expect(errorCode(named)).toBe('MANAGER_UNREACHABLE')
    expect(named.stderr).toContain('nothing listens there')
    await expectUntouched('w2')
  })

  it('away when a device leaves, and the device leaves nevertheless', async () => {
    await lab.join('w2')
    await lab.stopManager()
    const { stderr } = await lab.leave('w2')
    expect(stderr).toMatch(/did not hear the goodbye \(nothing listens there\): .* docker node rm \w+ there/)
    await expectUntouched('w2')
    await lab.startManager()
    const [id = ''] = /docker node rm (\w+)/.exec(stderr)?.slice(1) ?? []
    const remove = () => lab.host('manager').exec(['docker', 'node', 'rm', id])
    await eventually('it is down, and can be removed', remove, ({ exitCode }) => exitCode === 0)
  })
})

describe('nothing of a device is touched', () => {
  const refusedWith = async (code: string, argv: readonly string[], env = {}): Promise<string> => {
    const result = await lab.shoal('w2', ['worker', 'join', ...argv], env)
    expect([errorCode(result), result.exitCode]).toEqual([code, 1])
    await expectUntouched('w2')
    return result.stderr
  }

  it('by a token that is wrong, expired, void, of another cluster, or none', async () => {
    const token = await lab.token()
    const manager = `coap://${lab.address}`
    await refusedWith('TOKEN_WRONG', ['--token', `${token.slice(0, -4)}AAAA`])
    await refusedWith('TOKEN_INVALID', ['--token', token.slice(0, -4)])
    const short = await lab.token('--valid', '1s')
    await delay(3200)
    await refusedWith('TOKEN_EXPIRED', ['--token', short])
    const foreign = await foreignToken()
    const named = await refusedWith('MANAGER_NOT_TRUSTED', [manager, '--token', foreign])
    expect(named).toContain('another cluster')
    const found = await refusedWith('MANAGER_NOT_FOUND', [], { SHOAL_TOKEN: foreign })
    expect(found).toContain(`of other clusters than the token: ${lab.address}`)
    await lab.token('--rotate')
    await refusedWith('TOKEN_WRONG', ['--token', token])
  })

  it('while its clock is off by an hour or more', async () => {
    const token = await lab.token()
    const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
    for (const [offset, words] of [
      ['-2h', /clock is 1[12]\d min behind/],
      ['+25h', /clock is 1[45]\d\d min ahead/],
    ] as const) {
      const env = { LD_PRELOAD: library, FAKETIME: offset, DONT_FAKE_MONOTONIC: '1' }
      expect(await refusedWith('CLOCK_OFF', ['--token', token], env)).toMatch(words)
    }
  })

  it('while its daemon.json is no configuration', async () => {
    const token = await lab.token()
    for (const text of ['{"labels": [', '["labels"]', '{"labels": "zone=field"}']) {
      await lab.must('w2', ['sh', '-c', `printf '%s' '${text}' >/etc/docker/daemon.json`])
      const before = await lab.state('w2')
      const result = await lab.shoal('w2', ['worker', 'join', '--token', token])
      expect(errorCode(result)).toBe('ENGINE_CONFIG')
      expect(await lab.state('w2')).toBe(before)
    }
    await lab.must('w2', ['rm', '/etc/docker/daemon.json'])
    await expectUntouched('w2')
  })

  it('while its Engine is in a Swarm that is not Shoal’s', async () => {
    await lab.must('w2', ['docker', 'swarm', 'init', '--advertise-addr', lab.host('w2').address])
    const before = await lab.state('w2')
    const result = await lab.shoal('w2', ['worker', 'join', '--token', await lab.token()])
    expect(errorCode(result)).toBe('OTHER_SWARM')
    expect(result.stderr).toContain('docker swarm leave')
    expect(await lab.state('w2')).toBe(before)
    await lab.must('w2', ['docker', 'swarm', 'leave', '--force'])
  })

  it('in the end, when Swarm cannot be reached after the Engine was configured', async () => {
    const reject = ['--protocol', 'tcp', '--dport', '2377', '--jump', 'REJECT', '--reject-with', 'tcp-reset']
    const mend = await lab.drop('w2', 'OUTPUT', ...reject)
    const stderr = await refusedWith('SWARM_UNREACHABLE', ['--token', await lab.token()])
    expect(stderr).toContain('takes back what was changed')
    await mend()
  })
})

describe('a node that has left', () => {
  it('is in no list any more, though the manager was started anew in between', async () => {
    await eventually('all are gone', lab.nodes.bind(lab), (nodes) => nodes.length === 1)
  })
})

describe('a joining or leaving that was cut off', () => {
  const points = [/asks the manager/, /lets this device in/, /joins the Swarm/]

  it('is gone on with by the next joining, wherever it was', async () => {
    await lab.join('w1')
    const whole = await lab.state('w1')
    await lab.leave('w1')
    const argv = ['worker', 'join', '--token', await lab.token()]
    for (const point of points) {
      await lab.killWhen('w1', argv, point)
      await lab.must('w1', ['shoal', ...argv])
      expect(await lab.state('w1')).toBe(whole)
      await lab.leave('w1')
      await expectUntouched('w1')
    }
  })

  it('is undone by leaving, wherever it was', async () => {
    const argv = ['worker', 'join', '--token', await lab.token()]
    for (const point of points) {
      await lab.killWhen('w2', argv, point)
      await lab.leave('w2')
      await expectUntouched('w2')
    }
  })

  it('is finished by the next leaving, whenever it was', async () => {
    for (const afterMs of [400, 900]) {
      await lab.join('w1')
      const leaving = new StartedShoal(lab.host('w1').spawn(['shoal', 'worker', 'leave']))
      await delay(afterMs)
      leaving.child.kill('SIGKILL')
      await leaving.end()
      await lab.leave('w1')
      await expectUntouched('w1')
    }
  })

  it('by Ctrl-C is undone at once', async () => {
    const argv = ['worker', 'join', '--token', await lab.token()]
    const joining = new StartedShoal(lab.host('w2').spawn(['shoal', ...argv]))
    await joining.says(/joins the Swarm/)
    joining.child.kill('SIGINT')
    const result = await joining.end()
    expect(errorCode(result)).toBe('INTERRUPTED')
    await expectUntouched('w2')
  })

  it('does not begin beside another', async () => {
    const argv = ['worker', 'join', '--token', await lab.token()]
    const first = new StartedShoal(lab.host('w2').spawn(['shoal', ...argv]))
    await first.says(/looks for the manager/)
    const second = await lab.shoal('w2', argv)
    expect(errorCode(second)).toBe('WORKER_BUSY')
    expect((await first.end()).exitCode).toBe(0)
  })
})

describe('the agent', () => {
  it('runs once on a device, whoever starts it', async () => {
    await lab.join('w2')
    const result = await lab.shoal('w2', ['worker', 'agent'])
    expect(errorCode(result)).toBe('AGENT_FAILED')
    expect(result.stderr).toMatch(/runs already, as process \d+/)
  })

  it('is not there where nothing was joined', async () => {
    for (const command of ['agent', 'status'])
      expect(errorCode(await lab.shoal('w2', ['worker', command]))).toBe('NOT_JOINED')
  })
})
