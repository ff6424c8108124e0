// What goes wrong in a cluster, and what its users see of it. The cluster goes on after each.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClusterLab, computeService } from './cluster-lab.ts'

let cluster: ClusterLab

async function eventually<T>(what: string, look: () => Promise<T | undefined>, limitMs = 30_000): Promise<T> {
  const endsAtMs = performance.now() + limitMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    if (performance.now() > endsAtMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function isActive(name: string): Promise<true | undefined> {
  const text = await cluster.coap('get', `/services/${name}`)
  return text.includes('"state":"active"') ? true : undefined
}

beforeAll(async () => {
  cluster = await ClusterLab.up('faults')
  await cluster.start()
  // A disk of the manager's registry that is soon full.
  await cluster.must(
    cluster.manager,
    ...['mount', '-t', 'tmpfs', '-o', 'size=70m', 'tmpfs', '/var/lib/shoal/manager/registry/images'],
  )
}, 120_000)

afterAll(async () => {
  await cluster?.down()
})

describe('a cluster', () => {
  it('says that the manager’s disk is full, keeps nothing by halves, and goes on when there is room', async () => {
    const images = '/var/lib/shoal/manager/registry/images'
    const fill = `dd if=/dev/zero of=${images}/full bs=1M count=50 2>/dev/null`
    await cluster.must(cluster.manager, 'sh', '-c', fill)
    const file = cluster.compose('good', computeService())
    const { exitCode, stderr } = await cluster.shoal('catalogue', 'add', file)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[(STORAGE_FULL|PUSH_FAILED)\]/)
    expect(await cluster.mustShoal('catalogue', 'ls')).not.toContain('good')
    await cluster.must(cluster.manager, 'rm', `${images}/full`)
    await cluster.mustShoal('catalogue', 'add', file)
    expect(await cluster.coap('post', '/services/good')).toContain('"endpoint":"coap://')
  })

  it('says node by node why none can take a service: on the command line, by CoAP, and to whoever asks', async () => {
    const file = cluster.compose(
      'picky',
      computeService('    deploy: { placement: { constraints: [node.labels.zone==roof] } }\n'),
    )
    const { exitCode, stderr } = await cluster.shoal('deploy', file)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error\[UNPLACEABLE\]/m)
    expect(stderr).toMatch(/worker1.*node\.labels\.zone == roof.*no such label/)
    expect(await cluster.mustShoal('explain', 'picky/compute')).toMatch(
      /can run on 0 of 3 nodes[\s\S]*worker2.*zone/,
    )
    await cluster.mustShoal('rm', 'picky')
    await cluster.mustShoal('catalogue', 'add', file)
    expect(await cluster.coap('post', '/services/picky')).toMatch(/5\.03[\s\S]*zone/)
    // It was made for this request alone, and does not wait for ever.
    expect(
      await cluster.must(cluster.manager, 'docker', 'service', 'ls', '-q', '--filter', 'name=picky'),
    ).toBe('')
    await cluster.mustShoal('catalogue', 'rm', 'picky')
  })

  it('refuses an image that nobody has, by its name', async () => {
    const { exitCode, stderr } = await cluster.shoal(
      'deploy',
      cluster.compose('ghost', computeService('', 'shoal/ghost:1')),
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[IMAGE_(SERVICE_)?UNKNOWN\].*ghost/)
    expect(
      await cluster.must(cluster.manager, 'docker', 'service', 'ls', '-q', '--filter', 'name=ghost'),
    ).toBe('')
  })

  it('takes two deployments of one application at once, one after the other', async () => {
    const files = [1, 2].map((n) => {
      const file = join(cluster.folder, `twice-${n}.yaml`)
      writeFileSync(file, `name: twice\nservices:\n${computeService(`    environment: { N: "${n}" }\n`)}`)
      return file
    })
    const ended = await Promise.all(files.map((file) => cluster.shoal('deploy', file)))
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    const services = await cluster.must(
      cluster.manager,
      'docker',
      'service',
      'ls',
      '-q',
      '--filter',
      'name=twice',
    )
    expect(services.trim().split('\n')).toHaveLength(1)
    await eventually('it is active', () => isActive('twice'))
    await cluster.mustShoal('rm', 'twice')
  })

  it('answers a thousand activations of unknown names, and rubbish, and goes on', async () => {
    const flood = `for n in $(seq 1 1000); do echo "coap-client-notls -B 10 -m post coap://${cluster.manager.address}/services/nobody$n"; done | xargs -P 20 -I{} sh -c '{}' 2>&1 | grep -o '4\\.04' | wc -l`
    expect(Number(await cluster.must(cluster.client, 'sh', '-c', flood))).toBe(1000)
    const rubbish = `head -c 300 /dev/urandom > /dev/udp/${cluster.manager.address}/5683; for n in $(seq 1 200); do head -c 60 /dev/urandom > /dev/udp/${cluster.manager.address}/5683; done`
    await cluster.must(cluster.client, 'bash', '-c', rubbish)
    expect(await cluster.coap('post', '/services/good', '-e', 'rubbish')).toMatch(/4\.00/)
    const large = join(cluster.folder, 'large')
    writeFileSync(large, Buffer.alloc(1024 * 1024, 7))
    expect(await cluster.coap('post', '/services/good', '-b', '1024', '-f', large)).toMatch(/4\.13/)
    expect(await cluster.coap('get', '/services/good')).toContain('"state":"active"')
  })

  it('goes on without its registry, and brings it back', async () => {
    await cluster.must(cluster.manager, 'pkill', '-9', '-x', 'docker-registry')
    expect(await cluster.coap('delete', '/services/good')).toBe('')
    expect(await cluster.coap('post', '/services/good')).toContain('"endpoint":"coap://')
    await eventually('the registry answers again', async () =>
      (await cluster.mustShoal('status')).includes('registry   up') ? true : undefined,
    )
  })

  it('loses nothing when the manager is killed in the middle of an activation, and runs nothing twice', async () => {
    await cluster.coap('delete', '/services/good')
    const asked = cluster.coap('post', '/services/good')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await cluster.must(cluster.manager, 'pkill', '-9', '-f', '(shoal.ts|daemon.mjs) [m]anager start')
    const token = await cluster.must(cluster.manager, 'shoal', 'manager', 'start', '--background')
    expect(token).toMatch(/^shoal worker join --token shoal1\./)
    await asked
    expect(await cluster.coap('post', '/services/good')).toContain('"endpoint":"coap://')
    const running = ['docker', 'service', 'ps', 'good_compute', '-q', '-f', 'desired-state=running']
    expect((await cluster.must(cluster.manager, ...running)).trim().split('\n')).toHaveLength(1)
    const registries = await cluster.must(cluster.manager, 'pgrep', '-c', '-x', 'docker-registry')
    expect(registries.trim()).toBe('1')
  })

  it('keeps a second manager from the first one’s keys', async () => {
    const { exitCode, stderr } = await cluster.run(
      cluster.manager,
      'shoal',
      'manager',
      'start',
      '--background',
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/MANAGER_RUNS/)
  })

  it('is gone without a trace when all is removed', async () => {
    await cluster.mustShoal('rm', 'good')
    await cluster.mustShoal('catalogue', 'rm', 'good')
    for (const what of ['service', 'config', 'secret'])
      expect(await cluster.must(cluster.manager, 'docker', what, 'ls', '-q')).toBe('')
    for (const worker of [cluster.worker1, cluster.worker2])
      expect(await cluster.must(worker, 'shoal', 'worker', 'leave')).toContain('left')
    await eventually('the workers are out of the list', async () => {
      const nodes = await cluster.must(cluster.manager, 'docker', 'node', 'ls', '-q')
      return nodes.trim().split('\n').length === 1 ? true : undefined
    })
    expect(await cluster.must(cluster.manager, 'shoal', 'manager', 'stop')).toContain('stopped')
    const left = await cluster.run(
      cluster.manager,
      'pgrep',
      '-f',
      '[d]ocker-registry|(shoal.ts|daemon.mjs) [m]anager',
    )
    expect(left.stdout).toBe('')
  })
})
