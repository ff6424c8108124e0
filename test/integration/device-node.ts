// A node of one: a real Engine with the device runtime as its default, in a Swarm of its own, with declared devices that are real character devices.
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installRuntime, removeRuntime, runtimeProgram } from '../../src/runtime/install.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)

export const shellImage = 'shell'

/** No container may open these unasked (runc lets every one open tun, 10:200), and who may can: fuse, loop-control, btrfs-control. */
export const characterDevices = { lamp: [10, 229], bell: [10, 237], camera: [10, 234] } as const

/** Ends at once when it is asked to. */
export const untilStopped = "trap 'exit 0' TERM; sleep 1000 & wait"

export interface DeviceNode {
  readonly engine: ThrowawayEngine
  readonly runtime: string
  readonly runtimeFolder: string
  /** Runs a script of the shell where the Engine is: its own /etc, /run, /dev/net and /sys/bus. @returns stdout, trimmed */
  inside(script: string): Promise<string>
  declare(yaml: string): Promise<void>
  /** Starts a service of one instance that is not started again, and does not wait for it. `--image=` stands for another image. */
  start(name: string, options: readonly string[], command: string): Promise<void>
  /** Waits until its task is there, and returns its container. */
  running(name: string): Promise<string>
  /** Waits until its task has failed, and returns the error that Swarm shows. */
  failed(name: string): Promise<string>
  /** In a running container, as its user if none is named. @returns what it printed, errors too */
  within(container: string, script: string, user?: string): Promise<string>
  removeServices(): Promise<void>
  stop(): Promise<void>
}

/** @param resources of Swarm, `KIND=VALUE`. Needs root. */
export async function startDeviceNode(resources: readonly string[]): Promise<DeviceNode> {
  await run('sh', [fileURLToPath(new URL('../../scripts/bundle-runtime', import.meta.url))])
  const runtimeFolder = join(await mkdtemp(join(tmpdir(), 'shoal-runtime-')), 'runtime')
  await installRuntime(runtimeFolder, { node: process.execPath, searchPath: process.env.PATH ?? '' })
  const runtime = runtimeProgram(runtimeFolder)
  const engine = await startThrowawayEngine({
    dockerdArguments: [
      ...['--add-runtime', `shoal=${runtime}`, '--default-runtime', 'shoal'],
      ...resources.flatMap((each) => ['--node-generic-resource', each]),
    ],
  })
  const inside = async (script: string): Promise<string> => {
    const { stdout } = await run('nsenter', ['-t', String(engine.pid), '-m', '-p', 'sh', '-ec', script])
    return stdout.trim()
  }
  const stop = async (): Promise<void> => {
    await engine.stop()
    await removeRuntime(runtimeFolder)
    await removeRuntime(join(runtimeFolder, '..'))
  }
  try {
    await inside(`
      mkdir -p /run/etc/upper /run/etc/work
      mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
      mount -t tmpfs tmpfs /dev/net
      mount -t tmpfs tmpfs /sys/bus
      mkdir -p /etc/shoal /run/shoal/boards
      ${Object.entries(characterDevices)
        .map(([name, [major, minor]]) => `mknod /dev/net/${name} c ${major} ${minor}`)
        .join('\n')}
    `)
    await importShellImage(engine, shellImage, { morePrograms: ['/bin/mknod'] })
    await engine.docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
  } catch (error) {
    await stop()
    throw error
  }
  const task = async (
    name: string,
  ): Promise<{ container: string; state: string; error: string } | undefined> => {
    const ids = await engine.docker('service', 'ps', '--quiet', name)
    const [id] = ids.split('\n')
    if (id === undefined || id === '') return undefined
    const [{ Status }] = JSON.parse(await engine.docker('inspect', '--type', 'task', id)) as [
      { Status: { State: string; Err?: string; ContainerStatus?: { ContainerID?: string } } },
    ]
    return {
      container: Status.ContainerStatus?.ContainerID ?? '',
      state: Status.State,
      error: Status.Err ?? '',
    }
  }
  const awaitTask = async (name: string, states: readonly string[]) => {
    const endMs = performance.now() + 30_000
    for (;;) {
      const found = await task(name)
      if (found !== undefined && states.includes(found.state)) return found
      if (performance.now() > endMs)
        throw new Error(`${name} is not ${states.join(' or ')}: ${JSON.stringify(found)}`)
      await delay(50)
    }
  }
  return {
    engine,
    runtime,
    runtimeFolder,
    inside,
    stop,
    declare: async (yaml) => {
      await inside(`rm -rf /etc/shoal/devices.yaml; cat > /etc/shoal/devices.yaml <<'YAML'\n${yaml}\nYAML`)
    },
    start: async (name, options, command) => {
      const image =
        options.find((option) => option.startsWith('--image='))?.slice('--image='.length) ?? shellImage
      const always = ['--detach', '--network', 'host', '--restart-condition', 'none', '--no-resolve-image']
      await engine.docker(
        ...['service', 'create', ...always, '--user', '65532:65532', '--name', name],
        ...[...options.filter((option) => !option.startsWith('--image=')), image, 'sh', '-c', command],
      )
    },
    running: async (name) => {
      const { state, container, error } = await awaitTask(name, ['running', 'failed', 'rejected'])
      if (state !== 'running') throw new Error(`${name} is ${state}: ${error}`)
      return container
    },
    failed: async (name) => (await awaitTask(name, ['failed', 'rejected'])).error,
    within: async (container, script, user) => {
      const as = user === undefined ? [] : ['--user', user]
      return await engine.docker('exec', ...as, container, 'sh', '-c', `(${script}) 2>&1 || true`)
    },
    removeServices: async () => {
      const names = await engine.docker('service', 'ls', '--quiet')
      if (names !== '') await engine.docker('service', 'rm', ...names.split('\n'))
      const endMs = performance.now() + 30_000
      while ((await engine.docker('ps', '--all', '--quiet')) !== '') {
        if (performance.now() > endMs) throw new Error('the containers of removed services do not go')
        await delay(50)
      }
    },
  }
}
