// What can go wrong in pair mode, done for real: each ends with its code, exit code 1, and nothing left on the device.
import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LabHost } from '../../lab/lab.ts'
import { errorCode, PairLab, type PairRun } from './pair-lab.ts'

const image = 'shoal/compute:0.1.0'

let pair: PairLab
let worker: LabHost
let before: readonly string[]
beforeAll(async () => {
  // As slow as a small board, so that each phase lasts long enough to be hit.
  pair = await PairLab.up('pair-faults', { devices: ['worker1'], cpus: 0.4 })
  worker = pair.host('worker1')
  await pair.run('root@worker1', 'compute')
  await pair.must('pair', 'rm', 'root@worker1', 'compute')
})
afterAll(() => pair?.down())
beforeEach(async () => {
  before = await pair.leftOn('worker1')
})

/** After a failure nothing is on the device that was not there before, and the client remembers nothing. */
async function expectNothingLeft(): Promise<void> {
  expect(await pair.leftOn('worker1')).toEqual(before)
  expect(await pair.journal()).toEqual([])
}

function expectFailure(failed: PairRun, code: string, ...words: readonly string[]): void {
  expect(failed.stderr).toMatch(/^error\[\w+\]: /m)
  expect(errorCode(failed)).toBe(code)
  for (const word of words) expect(failed.stderr).toContain(word)
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toBe('')
}

describe('a device that cannot be reached', () => {
  it('has a name that nobody knows', async () => {
    expectFailure(
      await pair.shoal('pair', 'run', 'root@nosuch', 'compute'),
      'HOST_UNRESOLVED',
      'nosuch',
      'next: ',
    )
  })

  it('has no SSH server on that port', async () => {
    const failed = await pair.shoal('pair', 'run', 'root@worker1:2222', 'compute')
    expectFailure(failed, 'HOST_UNREACHABLE', 'no SSH server listens on its port 2222', 'next: ')
  })

  it('has its cable pulled out while an earlier connection still stands', async () => {
    await pair.must('pair', 'ps', 'root@worker1')
    await worker.cutLink()
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute')
    await worker.mendLink()
    expectFailure(failed, 'HOST_UNREACHABLE')
    await expectNothingLeft()
  })
})

describe('a device that SSH refuses, or that refuses us', () => {
  /** An SSH configuration with these lines; connections under it are not those of other tests. */
  function sshConfig(name: string, ...lines: readonly string[]): string[] {
    const path = `${pair.folder}/${name}`
    writeFileSync(path, `Host *\n${lines.map((line) => `  ${line}\n`).join('')}`)
    return ['--ssh-config', path]
  }

  async function onClient(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await pair.client.exec(argv)
    if (exitCode !== 0) throw new Error(stderr)
    return stdout
  }

  it('does not know our key', async () => {
    await onClient('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/root/wrong')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute', '--identity', '/root/wrong')
    expectFailure(failed, 'LOGIN_DENIED', '(/root/wrong)', 'ssh-copy-id root@worker1')
  })

  it('has a host key that we do not know: its fingerprint is shown', async () => {
    const config = sshConfig('unknown', 'UserKnownHostsFile /dev/null')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute', ...config)
    const fingerprint = await onClient(
      'sh',
      '-c',
      'ssh-keyscan -t ed25519 worker1 2>/dev/null | ssh-keygen -lf - | cut -d" " -f2',
    )
    expectFailure(failed, 'HOST_KEY_UNKNOWN', `ED25519 ${fingerprint.trim()}`, 'StrictHostKeyChecking=ask')
  })

  it('has another host key than the one we know: refused, with the line that knows it', async () => {
    await onClient('sh', '-c', 'echo "worker1 $(cut -d" " -f1,2 /root/.ssh/id_ed25519.pub)" > /root/changed')
    const config = sshConfig('changed', 'UserKnownHostsFile /root/changed')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute', ...config)
    expectFailure(failed, 'HOST_KEY_CHANGED', '/root/changed, line 1')
    // ssh's own words; OpenSSH 10 writes single quotes.
    expect(failed.stderr).toMatch(/ssh-keygen -f (["'])\/root\/changed\1 -R (["'])worker1\2/)
  })

  it('has no Docker running; once it runs, nothing has to be reset', async () => {
    await worker.stopEngine()
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute')
    await worker.startEngine()
    expectFailure(failed, 'ENGINE_ABSENT', 'Docker is installed but does not run', 'systemctl start docker')
    await pair.must('pair', 'ps', 'root@worker1')
  })

  it('does not let the user use Docker', async () => {
    const setUp = [
      // A password that nothing fits: an account without any is locked, for keys too.
      'useradd --create-home --home-dir /var/pi --shell /bin/sh --password "*" pi',
      'install -d -o pi -g pi -m 700 /var/pi/.ssh',
      'install -o pi -g pi -m 600 /root/.ssh/authorized_keys /var/pi/.ssh/authorized_keys',
    ].join(' && ')
    expect(await worker.exec(['sh', '-c', setUp])).toMatchObject({ exitCode: 0 })
    const failed = await pair.shoal('pair', 'run', 'pi@worker1', 'compute')
    expectFailure(failed, 'ENGINE_DENIED', 'pi may not use /var/run/docker.sock', 'usermod -aG docker pi')
  })

  it('has an SSH server that forwards nothing', async () => {
    const sshd = [
      '/usr/sbin/sshd',
      '-p',
      '2200',
      '-o',
      'PidFile=/run/sshd-2200.pid',
      '-o',
      'AllowStreamLocalForwarding=no',
    ]
    expect(await worker.exec(sshd)).toMatchObject({ exitCode: 0 })
    const config = sshConfig('alias', 'HostKeyAlias worker1')
    const failed = await pair.shoal('pair', 'run', 'root@worker1:2200', 'compute', ...config)
    expectFailure(failed, 'FORWARDING_DENIED', 'AllowStreamLocalForwarding')
  })
})

describe('a service that cannot run', () => {
  afterEach(expectNothingLeft)

  const run = (name: string, services: string): Promise<PairRun> =>
    pair.shoal('pair', 'run', 'root@worker1', pair.compose(name, services))

  it('wants a port that a program of the device holds', async () => {
    const failed = await run('port', `s: {image: "${image}", ports: ["22:22/tcp", "5683/udp"]}`)
    expectFailure(failed, 'PORT_TAKEN', 'its port 22/tcp is taken')
  })

  it('wants a port that a container of somebody else holds, which is found before anything is made', async () => {
    await worker.exec(['docker', 'run', '-d', '--name', 'dns', '-p', '5700:5683/udp', '--init', image])
    const failed = await run('port', `s: {image: "${image}", ports: ["5700:5683/udp"]}`)
    await worker.exec(['docker', 'rm', '-f', 'dns'])
    expectFailure(failed, 'PORT_TAKEN', 'its port 5700/udp is held by container dns')
    expect(failed.stderr).not.toContain('creates')
  })

  it('wants a name that a container of somebody else has', async () => {
    await worker.exec(['docker', 'create', '--name', 'mine-s-1', image])
    const failed = await run('mine', `s: {image: "${image}", ports: ["5683/udp"]}`)
    const kept = await pair.leftOn('worker1')
    await worker.exec(['docker', 'rm', 'mine-s-1'])
    expectFailure(failed, 'NAME_TAKEN', 'mine-s-1')
    expect(kept).toContain('container mine-s-1')
  })

  it('has an image that nobody has', async () => {
    expectFailure(
      await run('own', 's: {image: "shoal/nosuch:1", ports: ["5683/udp"]}'),
      'IMAGE_UNKNOWN',
      'shoal image build nosuch',
    )
    expectFailure(
      await run('other', 's: {image: "127.0.0.1:9/nosuch:1", ports: ["5683/udp"]}'),
      'IMAGE_UNKNOWN',
      'could not pull it',
      'docker pull 127.0.0.1:9/nosuch:1',
    )
  })

  it('wants a device file that is not there', async () => {
    const failed = await run('gpio', `s: {image: "${image}", ports: ["5683/udp"], devices: ["/dev/nosuch"]}`)
    expectFailure(failed, 'HARDWARE_ABSENT', '/dev/nosuch')
  })

  it('has a command that is not in its image', async () => {
    const failed = await run(
      'command',
      `s: {image: "${image}", ports: ["5683/udp"], entrypoint: ["/nosuch"]}`,
    )
    expectFailure(failed, 'COMMAND_UNRUNNABLE', '/nosuch')
  })

  it('ends at once: its last lines are shown', async () => {
    const program =
      "for (let n = 1; n < 20; n++) console.log('line', n); console.error('no config'); process.exitCode = 3"
    const failed = await run(
      'ends',
      `s: {image: "${image}", ports: ["5683/udp"], entrypoint: ["node", "-e", "${program}"]}`,
    )
    expectFailure(failed, 'CONTAINER_EXITED', 'exit code 3', '  | line 19\n', '  | no config\n')
    expect(failed.stderr).not.toContain('line 5\n')
  })

  it('ends at once, and is not asked by CoAP: running for a moment is not being ready', async () => {
    const failed = await run(
      'brief',
      `s: {image: "${image}", entrypoint: ["node", "-e", "process.exitCode = 3"]}`,
    )
    expectFailure(failed, 'CONTAINER_EXITED', 'exit code 3')
  })

  it('ends again and again under a restart policy', async () => {
    const program = "console.log('no config'); process.exitCode = 3"
    const failed = await run(
      'loop',
      `s: {image: "${image}", restart: always, x-shoal: {ready: {timeout: 4s}}, entrypoint: ["node", "-e", "${program}"]}`,
    )
    expectFailure(failed, 'CONTAINER_EXITED', 'started it anew', '  | no config\n')
  })

  it('finds its port on the device’s own network answered by another program', async () => {
    const foreign = worker.spawn(['coap-server-notls', '-p', '5683'])
    try {
      const failed = await run('taken', `s: {image: "${image}", network_mode: host, expose: ["5683/udp"]}`)
      expectFailure(failed, 'CONTAINER_EXITED', '5683')
    } finally {
      foreign.kill('SIGKILL')
    }
  })

  it('wants more memory than it may have', async () => {
    const program = 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'
    const limits = 'deploy: {resources: {limits: {memory: 64M}}}, memswap_limit: 64M'
    const failed = await run(
      'hungry',
      `s: {image: "${image}", ports: ["5683/udp"], ${limits}, entrypoint: ["node", "-e", "${program}"]}`,
    )
    expectFailure(failed, 'CONTAINER_EXITED', 'more memory than its limit', 'deploy.resources.limits.memory')
  })

  it('runs and never answers CoAP', async () => {
    const program = "console.log('idle'); setInterval(() => {}, 1000)"
    const failed = await run(
      'silent',
      `s: {image: "${image}", ports: ["5683/udp"], init: true, x-shoal: {ready: {timeout: 2s}}, entrypoint: ["node", "-e", "${program}"]}`,
    )
    expectFailure(failed, 'SERVICE_SILENT', 'has not answered CoAP within 2 s', '  | idle\n')
  })
})

/** Runs for as long as it takes to be hit, and never answers. */
function endless(name: string): string {
  const services = `s: {image: "${image}", ports: ["5683/udp"], init: true, x-shoal: {ready: {timeout: 60s}}, entrypoint: ["node", "-e", "setInterval(() => {}, 1000)"]}`
  return pair.compose(name, services)
}

describe('a link that is cut in the middle', () => {
  it('of connecting', async () => {
    await pair.must('pair', 'disconnect', 'root@worker1')
    // The server is there and says nothing: log-in has begun and cannot end.
    const sshd = (await worker.exec(['cat', '/run/sshd.pid'])).stdout.trim()
    await worker.exec(['kill', '-STOP', sshd])
    const running = pair.start('pair', 'run', 'root@worker1', 'compute')
    await running.says(/connects/)
    await worker.cutLink()
    const failed = await running.end()
    await worker.mendLink()
    await worker.exec(['kill', '-CONT', sshd])
    expectFailure(failed, 'HOST_UNREACHABLE')
    await expectNothingLeft()
  })

  it.each([
    ['sending', /sends shoal\/compute/],
    ['creating', /creates compute/],
    ['starting', /starts compute/],
  ])('of %s, and mended: the command itself undoes what it has begun', async (_phase, moment) => {
    if (moment.source.startsWith('sends')) await worker.exec(['docker', 'rmi', image])
    before = (await pair.leftOn('worker1')).filter((line) => !line.startsWith('image'))
    const running = pair.start('pair', 'run', 'root@worker1', 'compute')
    await running.says(moment)
    await worker.cutLink()
    await running.says(/root@worker1: lost/)
    await worker.mendLink()
    const failed = await running.end()
    expectFailure(failed, 'CONNECTION_LOST', 'has not answered for 4 s', 'back, and clean')
    expect((await pair.leftOn('worker1')).filter((line) => !line.startsWith('image'))).toEqual(before)
    expect(await pair.journal()).toEqual([])
    // Half an image is no image; a whole one is sent again only if it was undone.
    await pair.run('root@worker1', 'compute')
    await pair.must('pair', 'rm', 'root@worker1', 'compute')
  })

  it('of waiting, and mended too late: the next command that reaches the device undoes it', async () => {
    const running = pair.start('pair', 'run', 'root@worker1', endless('late'))
    await running.says(/waits for late/)
    await worker.cutLink()
    const failed = await running.end()
    expectFailure(failed, 'CONNECTION_LOST', 'may be left on', 'root@worker1', 'removes what is left there')
    expect((await pair.journal()).length).toBe(1)
    await worker.mendLink()
    expect(await pair.leftOn('worker1')).toContain('container late-s-1')
    const { stderr } = await pair.shoal('pair', 'ps', 'root@worker1')
    expect(stderr).toContain('undid what an interrupted activation of late had left')
    await expectNothingLeft()
  })
})

describe('a command that is stopped in the middle', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s undoes what it has begun', async (signal) => {
    const running = pair.start('pair', 'run', 'root@worker1', endless('stopped'))
    await running.says(/waits for stopped/)
    running.child.kill(signal)
    expectFailure(await running.end(), 'INTERRUPTED', 'what was begun is undone')
    await expectNothingLeft()
  })

  it('by a crash is undone by the next command', async () => {
    const running = pair.start('pair', 'run', 'root@worker1', endless('crashed'))
    await running.says(/waits for crashed/)
    running.child.kill('SIGKILL')
    await running.end()
    expect(await pair.leftOn('worker1')).toContain('container crashed-s-1')
    const { stderr } = await pair.shoal('pair', 'ps', 'root@worker1')
    expect(stderr).toContain('undid what an interrupted activation of crashed had left')
    await expectNothingLeft()
  })

  it('by a crash while it replaces has the old one back by the next command', async () => {
    const good = pair.compose('swaps', `s: {image: "${image}", ports: ["5701:5683/udp"]}`)
    const [first] = await pair.run('root@worker1', good)
    const running = pair.start('pair', 'run', 'root@worker1', endless('swaps'))
    await running.says(/waits for swaps/)
    running.child.kill('SIGKILL')
    await running.end()
    const { instances } = JSON.parse(await pair.must('pair', 'ps', 'root@worker1', '--json'))
    expect(instances).toMatchObject([
      { container: first?.container, state: 'running', endpoint: first?.endpoint },
    ])
    await pair.must('pair', 'rm', 'root@worker1', 'swaps')
    await expectNothingLeft()
  })

  // The last, because the device has no image after it.
  it('by a signal while the image is on its way leaves nothing of it', async () => {
    await worker.exec(['docker', 'rmi', image])
    before = await pair.leftOn('worker1')
    const running = pair.start('pair', 'run', 'root@worker1', 'compute')
    await running.says(/sends shoal\/compute/)
    running.child.kill('SIGINT')
    expectFailure(await running.end(), 'INTERRUPTED')
    await expectNothingLeft()
  })
})
