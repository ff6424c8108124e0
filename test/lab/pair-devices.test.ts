// Pair mode gives instances the devices that they need: real Engines and sshds, character devices made by mknod, a simulated board.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { errorCode, PairLab, type RunInstance, StartedShoal } from './pair-lab.ts'

const devices = ['worker1', 'worker2']
const targets = devices.map((device) => `root@${device}`)

/** The hosts of a lab share /dev with the machine: on it each mounts a folder of its own. */
const folder = '/dev/shoal-pair-devices'

/** Nobody in an image belongs to it. */
const group = 4242

/** Each test is a dozen commands, and a machine that is busy with others takes its time for each. */
const patienceMs = 90_000
vi.setConfig({ testTimeout: 4 * patienceMs })

let pair: PairLab
let watching: StartedShoal | undefined
beforeAll(async () => {
  pair = await PairLab.up('pair-devices', { devices })
  await pair.must('image', 'build', 'sensing', '--no-load')
  for (const device of devices) await shell(device, `mkdir -p ${folder} && mount -t tmpfs devices ${folder}`)
})
afterAll(async () => {
  await pair?.host('worker1').exec(['sh', '-c', `umount ${folder}; rmdir ${folder}`])
  await pair?.down()
})
afterEach(async () => {
  if (watching !== undefined && watching.child.exitCode === null) {
    watching.child.kill('SIGINT')
    await watching.end()
  }
  watching = undefined
  await pair.shoal('pair', 'rm', ...targets, '--all')
  for (const device of devices) {
    await shell(device, `docker ps -aq | xargs -r docker rm -f; rm -rf ${folder}/* /etc/shoal/devices.yaml`)
  }
})

/** @returns what it has printed. */
async function shell(device: string, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await pair.host(device).exec(['sh', '-c', script])
  if (exitCode !== 0) throw new Error(`${script} on ${device}: ${stderr}`)
  return stdout.trim()
}

/** A device that gives zeros, as /dev/zero does. */
async function plug(device: string, name: string, mode = '660'): Promise<void> {
  const path = `${folder}/${name}`
  await shell(device, `mknod -m ${mode} ${path} c 1 5 && chgrp ${group} ${path} && chmod ${mode} ${path}`)
}

/** `laser-1: laser`; of the driver `device` at a path of that name. */
async function declare(device: string, lines: readonly string[]): Promise<void> {
  const entries = lines.map((line) => {
    const [, id = '', capability = '', more = ''] = /^(\S+): (\w+)(?:, (.*))?$/.exec(line) ?? []
    return `- {id: ${id}, capability: ${capability}, driver: device, path: ${folder}/${id}${more && `, ${more}`}}`
  })
  await write(device, entries.join('\n'))
}

async function write(device: string, text: string): Promise<void> {
  await shell(device, `mkdir -p /etc/shoal && cat > /etc/shoal/devices.yaml <<'END'\n${text}\nEND`)
}

/** Opens each of its devices to read and write, says which, and stays. */
const program = [
  "const fs = require('fs')",
  "for (const {path} of JSON.parse(process.env.SHOAL_DEVICES)) { fs.readSync(fs.openSync(path, 'r+'), Buffer.alloc(4)); console.log('opened', path) }",
  "console.log('others', fs.existsSync(FOLDER) ? fs.readdirSync(FOLDER).join() : '')",
  "setInterval(() => {}, 1e6); process.on('SIGTERM', () => process.exit())",
].join('; ')

/** A Compose file of one service that needs this. @returns its path. */
function needing(name: string, needs: string, more = ''): string {
  const text = JSON.stringify(program.replaceAll('FOLDER', `'${folder}'`))
  return pair.compose(
    name,
    `s: {image: "shoal/compute:0.1.0", entrypoint: ["node", "-e", ${text}], x-shoal: {coap: false, needs: [${needs}]}${more}}`,
  )
}

async function runOn(where: readonly string[], file: string): Promise<readonly (RunInstance & Claimed)[]> {
  return (await pair.run(...where, file)) as readonly (RunInstance & Claimed)[]
}

interface Claimed {
  readonly claims: readonly { readonly capability: string; readonly device: string }[]
}

async function fails(where: readonly string[], file: string, ...more: readonly string[]) {
  const left = async () => Promise.all(devices.map(async (device) => (await pair.leftOn(device)).toSorted()))
  const before = await left()
  const failed = await pair.shoal('pair', 'run', ...where, file, ...more)
  expect(await left()).toEqual(before)
  expect(await pair.journal()).toEqual([])
  return { code: errorCode(failed), stderr: failed.stderr }
}

const one = ['root@worker1']

describe('an instance that needs a device', () => {
  it('gets it, and no other, with the group that may use it; keeps it; and shows it', async () => {
    await declare('worker1', ['laser-1: laser', 'laser-2: laser', 'hum-1: humidity'])
    for (const name of ['laser-1', 'laser-2', 'hum-1']) await plug('worker1', name)
    const file = needing('first', 'humidity, laser')
    const [first] = await runOn(one, file)
    expect(first?.claims).toEqual([
      { capability: 'humidity', device: 'hum-1' },
      { capability: 'laser', device: 'laser-1' },
    ])
    const log = await pair.must('pair', 'logs', 'root@worker1', 'first')
    expect(log).toBe(`opened ${folder}/hum-1\nopened ${folder}/laser-1\nothers hum-1,laser-1\n`)
    const inside = await shell(
      'worker1',
      'docker inspect -f "{{.HostConfig.Privileged}} {{.HostConfig.GroupAdd}} {{.Config.User}}" first-s-1',
    )
    expect(inside).toBe(`false [${group}] 65532:65532`)
    const [again] = await runOn(one, file)
    expect(again).toMatchObject({ isNew: false, container: first?.container, claims: first?.claims })
    expect(await pair.must('pair', 'ps', 'root@worker1')).toMatch(/ humidity=hum-1,laser=laser-1 /)
    const [second] = await runOn(one, needing('second', 'laser'))
    expect(second?.claims).toEqual([{ capability: 'laser', device: 'laser-2' }])
    const third = await fails(one, needing('third', 'laser'))
    expect(third.code).toBe('DEVICE_HELD')
    expect(third.stderr).toContain('root@worker1')
    expect(third.stderr).toContain(
      'laser-1 is held by instance first/s.1; laser-2 is held by instance second/s.1',
    )
    expect(third.stderr).toContain('shoal pair rm … first/s.1')
  })

  it('is made anew with another when its own is gone, and says why there is none', async () => {
    await declare('worker1', ['laser-1: laser', 'laser-2: laser'])
    for (const name of ['laser-1', 'laser-2']) await plug('worker1', name)
    const file = needing('moves', 'laser')
    const [first] = await runOn(one, file)
    await shell('worker1', `rm ${folder}/laser-1`)
    const [second] = await runOn(one, file)
    expect([first?.claims[0]?.device, second?.claims[0]?.device, second?.isNew]).toEqual([
      'laser-1',
      'laser-2',
      true,
    ])
    await shell('worker1', `rm ${folder}/laser-2`)
    const { code, stderr } = await fails(one, file)
    expect(code).toBe('DEVICE_ABSENT')
    expect(stderr).toContain(`laser-1 is absent: there is no ${folder}/laser-1; laser-2 is absent`)
    expect(await shell('worker1', 'docker ps --format "{{.Names}}"')).toBe('moves-s-1')
  })

  it('shares a device with as many as it bears', async () => {
    await declare('worker1', ['cam: camera, shared: 2'])
    await plug('worker1', 'cam')
    const file = needing('views', 'camera')
    const failed = await fails(one, file, '--replicas', '3')
    expect(failed.code).toBe('DEVICE_HELD')
    expect(failed.stderr).toContain('cam is held by instance views/s.1, instance views/s.2')
    const two = await pair.run('root@worker1', file, '--replicas', '2')
    expect(two.length).toBe(2)
    expect((await fails(one, needing('other', 'camera'))).code).toBe('DEVICE_HELD')
  })

  it('leaves a device to what the cluster runs there', async () => {
    await declare('worker1', ['laser-1: laser', 'laser-2: laser'])
    for (const name of ['laser-1', 'laser-2']) await plug('worker1', name)
    const [own] = await runOn(one, needing('own', 'laser'))
    await pair.must('pair', 'rm', 'root@worker1', 'own')
    expect(own?.claims[0]?.device).toBe('laser-1')
    // As Swarm makes it.
    await shell(
      'worker1',
      'docker run -d --name task.1 --label com.docker.swarm.task.id=t -e DOCKER_RESOURCE_LASER=laser-1 --entrypoint node shoal/compute:0.1.0 -e "setInterval(() => {}, 1e6)"',
    )
    const [beside] = await runOn(one, needing('beside', 'laser'))
    expect(beside?.claims[0]?.device).toBe('laser-2')
    const { stderr } = await fails(one, needing('none', 'laser'))
    expect(stderr).toContain('laser-1 is held by container task.1; laser-2 is held by instance beside/s.1')
  })

  it('is told what there is when the capability is not, and every problem of the file', async () => {
    await declare('worker1', ['light-1: light'])
    await plug('worker1', 'light-1')
    const missing = await fails(one, needing('nothing', 'laser'))
    expect(missing.code).toBe('CAPABILITY_ABSENT')
    expect(missing.stderr).toContain(
      'root@worker1: it has no device with the capability laser; it has light (light-1)',
    )
    await write(
      'worker1',
      '- {id: a, capability: Laser, driver: gpio, chip: x, line: -1}\n- {id: b, capability: c, driver: nosuch}',
    )
    const invalid = await fails(one, needing('nothing', 'laser'))
    expect(invalid.code).toBe('DEVICES_INVALID')
    expect(invalid.stderr).toContain('root@worker1')
    for (const path of ['[0].capability', '[0].line', '[1].driver']) expect(invalid.stderr).toContain(path)
  })

  it('is not started with a device that its user may not open', async () => {
    await declare('worker1', ['laser-1: laser'])
    await plug('worker1', 'laser-1', '600')
    const denied = await fails(one, needing('denied', 'laser'))
    expect(denied.code).toBe('DEVICE_DENIED')
    expect(denied.stderr).toContain(`${folder}/laser-1 is for user 0 and group ${group} with mode 0600`)
    const [asRoot] = await runOn(one, needing('denied', 'laser', ', user: root'))
    expect(asRoot?.isNew).toBe(true)
  })
})

describe('the sensing service', () => {
  it('speaks to the devices of a simulated board that it was given, and to no others', async () => {
    const script = join(pair.folder, 'board.yaml')
    writeFileSync(
      script,
      'board: bench\nseed: 1\ndevices:\n  air: {kind: humidity, humidity: {value: 41}, temperature: {value: 21}}\n  beam: {kind: laser}\n  flame: {kind: flame}\n',
    )
    await write(
      'worker1',
      [
        '- {id: air, capability: humidity, driver: simulated, board: bench}',
        '- {id: laser-1, capability: laser, driver: simulated, board: bench, device: beam}',
        '- {id: flame, capability: flame, driver: simulated, board: bench}',
      ].join('\n'),
    )
    const file = pair.compose(
      'sense',
      's: {image: "shoal/sensing:0.1.0", ports: ["5683/udp"], read_only: true, user: "65532:65532", cap_drop: [ALL], x-shoal: {needs: [humidity, laser]}}',
    )
    const none = await fails(one, file)
    expect(none.code).toBe('DEVICE_ABSENT')
    expect(none.stderr).toContain('the simulated board bench does not run here')
    const board = new StartedShoal(pair.host('worker1').spawn(['shoal', 'board', 'run', script]))
    try {
      await board.says(/the board bench runs/, patienceMs)
      const [instance] = await runOn(one, file)
      const ask = async (method: string, resource: string, ...payload: readonly string[]) => {
        const uri = `${instance?.endpoint}/${resource}`
        const { stdout, stderr } = await pair.client.exec(
          ['coap-client-notls', '-B', '30', '-m', method, ...payload, uri],
          { timeoutMs: patienceMs },
        )
        return stdout + stderr
      }
      await ask('put', 'humidity', '-e', 'on')
      expect(await ask('get', 'humidity')).toContain('"v":41')
      await ask('put', 'laser', '-e', 'on')
      await ask('get', 'laser')
      await board.says(/ beam {2}on /, patienceMs)
      expect(await ask('get', 'flame')).toContain('4.04')
      expect(
        await shell(
          'worker1',
          "docker exec sense-s-1 node -e \"console.log(require('fs').readdirSync('/run/shoal/devices').join())\"",
        ),
      ).toBe('air,laser-1')
    } finally {
      board.child.kill('SIGTERM')
      await board.end()
    }
  })
})

describe('several machines', () => {
  it('carry what they have the devices for', async () => {
    await declare('worker1', ['light-1: light'])
    await declare('worker2', ['laser-1: laser', 'light-2: light'])
    await plug('worker1', 'light-1')
    for (const name of ['laser-1', 'light-2']) await plug('worker2', name)
    const both = await runOn(targets, needing('bright', 'light', ', deploy: {replicas: 2}'))
    expect(both.map(({ device, claims }) => `${device} ${claims[0]?.device}`)).toEqual([
      'root@worker1 light-1',
      'root@worker2 light-2',
    ])
    const [laser] = await runOn(targets, needing('beam', 'laser'))
    expect(laser).toMatchObject({ device: 'root@worker2' })
    const { code, stderr } = await fails(targets, needing('nothing', 'laser'))
    expect(code).toBe('UNPLACED')
    expect(stderr).toContain('root@worker1: it has no device with the capability laser')
    expect(stderr).toContain('laser-1 is held by instance beam/s.1')
  })

  it('take an instance over only where its device is', async () => {
    await declare('worker1', ['laser-1: laser'])
    await declare('worker2', ['laser-2: laser'])
    await plug('worker1', 'laser-1')
    watching = pair.start('pair', 'run', ...targets, needing('watched', 'laser'), '--watch')
    await watching.says(/watches 1 of/, patienceMs)
    await shell('worker1', `rm ${folder}/laser-1 && docker rm -f watched-s-1`)
    await watching.says(/watched\/s\.1 waits: .*laser-2 is absent.*laser-1 is absent/, patienceMs)
    await plug('worker2', 'laser-2')
    await watching.says(/watched\/s\.1 is up on root@worker2/, patienceMs)
    expect(await pair.must('pair', 'ps', ...targets)).toMatch(/watched\/s\.1 +root@worker2 .* laser=laser-2 /)
  })
})

describe('two runs at the same moment', () => {
  it('never both hold a device, and one of them gets it', async () => {
    await declare('worker1', ['laser-1: laser'])
    await plug('worker1', 'laser-1')
    await runOn(one, needing('before', 'laser'))
    await pair.must('pair', 'rm', 'root@worker1', 'before')
    for (let round = 0; round < 3; round++) {
      const files = ['left', 'right'].map((name) => needing(name, 'laser'))
      const results = await Promise.all(files.map((file) => pair.shoal('pair', 'run', 'root@worker1', file)))
      expect(
        results.map(({ exitCode }) => exitCode).toSorted(),
        results.map(({ stderr }) => stderr).join(),
      ).toEqual([0, 1])
      expect(results.flatMap((result) => errorCode(result) ?? [])).toEqual(['DEVICE_HELD'])
      expect((await shell('worker1', 'docker ps -a --format "{{.Names}}"')).split('\n').length).toBe(1)
      await pair.must('pair', 'rm', 'root@worker1', '--all')
    }
  })

  it('get one each where there are two', async () => {
    await declare('worker1', ['laser-1: laser', 'laser-2: laser'])
    for (const name of ['laser-1', 'laser-2']) await plug('worker1', name)
    const files = ['left', 'right'].map((name) => needing(name, 'laser'))
    const results = await Promise.all(files.map((file) => runOn(one, file)))
    expect(
      results
        .flatMap((result) => result.flatMap(({ claims }) => claims.map(({ device }) => device)))
        .toSorted(),
    ).toEqual(['laser-1', 'laser-2'])
  })
})
