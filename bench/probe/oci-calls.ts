// Makes, starts and deletes one container by the OCI command line, as containerd does; one line of JSON a series and round. Expects its own mount namespace.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

export interface OciCallsInput {
  /** Empty at first. */
  readonly folder: string
  readonly shoal: string
  readonly rounds: number
}

export const series = ['runc', 'shoal, no claim', 'shoal, a claim'] as const

export interface OciCallsSample {
  readonly series: (typeof series)[number]
  readonly createMs: number
  readonly startMs: number
  readonly deleteMs: number
}

/** runc's own state, bundles beside each other, the Engine's record of a container and of its image: where the runtime looks for them. */
const hex = 'a'.repeat(64)
const { folder, shoal, rounds } = JSON.parse(readFileSync(0, 'utf8')) as OciCallsInput
const bundle = join(folder, 'bundles', hex)
const runc = execFileSync('sh', ['-c', 'command -v runc'], { encoding: 'utf8' }).trim()

function lay(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

function layEngineFiles(): void {
  lay('/etc/shoal/devices.yaml', '- {id: lamp-1, capability: lamp, driver: device, path: /dev/full}\n')
  const labels = { 'com.docker.swarm.task.id': 'task' }
  lay(join(folder, 'data/containers', hex, 'config.v2.json'), {
    Name: '/bench',
    Image: `sha256:${hex}`,
    Config: { Labels: labels },
  })
  lay(join(folder, 'data/image/overlay2/imagedb/content/sha256', hex), { config: { Env: ['PATH=/bin'] } })
  lay(join(folder, 'data/containers', hex, 'hostname'), 'bench\n')
}

function layRootFs(): void {
  const libraries = execFileSync('ldd', ['/bin/sleep'], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g) ?? []
  for (const file of ['/bin/sleep', ...libraries]) {
    mkdirSync(join(bundle, 'rootfs', dirname(file)), { recursive: true })
    execFileSync('cp', ['--dereference', file, join(bundle, 'rootfs', file)])
  }
}

interface Spec {
  process: { args: string[]; env: string[]; terminal: boolean }
  mounts: unknown[]
}

function layConfig(env: readonly string[]): void {
  rmSync(join(bundle, 'config.json'), { force: true })
  execFileSync(runc, ['spec', '--bundle', bundle])
  const spec = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as Spec
  const source = join(folder, 'data/containers', hex, 'hostname')
  spec.process = { ...spec.process, args: ['/bin/sleep', '1000'], terminal: false }
  spec.process.env.push(...env)
  spec.mounts.push({ destination: '/etc/hostname', type: 'bind', source, options: ['rbind', 'rprivate'] })
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec))
}

function call(program: string, words: readonly string[]): number {
  const log = join(folder, 'log.json')
  const global = ['--root', join(folder, 'state'), '--log', log, '--log-format', 'json']
  const fromMs = performance.now()
  const { status } = spawnSync(program, [...global, ...words], { cwd: bundle, stdio: 'ignore' })
  const tookMs = performance.now() - fromMs
  if (status !== 0)
    throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${readFileSync(log, 'utf8')}`)
  return tookMs
}

function measure(name: OciCallsSample['series']): OciCallsSample {
  layConfig(name === 'shoal, a claim' ? ['DOCKER_RESOURCE_LAMP=lamp-1'] : [])
  const program = name === 'runc' ? runc : shoal
  try {
    const createMs = call(program, [
      'create',
      '--bundle',
      bundle,
      '--pid-file',
      join(bundle, 'init.pid'),
      hex,
    ])
    // A claim that was not honoured would be a bench of nothing.
    const isHonoured = readFileSync(join(bundle, 'config.json'), 'utf8').includes('SHOAL_DEVICES=')
    if (isHonoured !== (name === 'shoal, a claim')) throw new Error(`${name}: honoured: ${isHonoured}`)
    const startMs = call(program, ['start', hex])
    const deleteMs = call(program, ['delete', '--force', hex])
    return { series: name, createMs, startMs, deleteMs }
  } catch (error) {
    spawnSync(runc, ['--root', join(folder, 'state'), 'delete', '--force', hex])
    throw error
  }
}

layEngineFiles()
layRootFs()
for (const name of series) measure(name)
for (let round = 0; round < rounds; round++) {
  // Whoever comes first in a round finds other caches than the last: each takes each place.
  for (let place = 0; place < series.length; place++) {
    const name = series[(round + place) % series.length]
    if (name !== undefined) process.stdout.write(`${JSON.stringify(measure(name))}\n`)
  }
}
