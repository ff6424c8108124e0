import { describe, expect, it } from 'vitest'
import type { Application } from '../../../src/model/application.ts'
import type { DeviceView } from '../../../src/pair/device-view.ts'
import { planActivation, planTakeOver, type StoredImageIds } from '../../../src/pair/plan-activation.ts'
import { aContainer, aContainerOf, anApplication, aView, wanted } from './builders.ts'
import { aDevice } from './claims/builders.ts'

const web = 'web: {image: "web:1", ports: ["5683/udp"]}'
const imageIds = new Map([['web:1', 'sha256:web:1']])
const nothingStored: StoredImageIds = new Map()

function plan(application: Application, devices: readonly DeviceView[], stored = nothingStored) {
  return planActivation({ application, wanted: wanted(application, 'run2'), devices, stored })
}

/** One device’s plan in few words. */
function only(application: Application, view: DeviceView, stored = nothingStored) {
  const [device] = plan(application, [view], stored).devices
  return {
    images: device?.images.map(({ reference, from }) => `${reference} from ${from}`),
    asides: device?.asides.map(({ container }) => container.id),
    network: device?.network?.name,
    lanes: device?.lanes.map(
      ({ instance, kept }) => `${kept === undefined ? 'make' : 'keep'} ${instance.id}`,
    ),
  }
}

describe('planning an activation', () => {
  it('brings the image and makes the instance on an empty device', () => {
    expect(only(anApplication(web), aView())).toEqual({
      images: ['web:1 from elsewhere'],
      asides: [],
      network: undefined,
      lanes: ['make app/web.1'],
    })
  })

  it('changes nothing where everything is as wanted', () => {
    const application = anApplication(web)
    const containers = wanted(application).map((instance) => aContainerOf(instance))
    expect(only(application, aView({ containers, imageIds }))).toEqual({
      images: [],
      asides: [],
      network: undefined,
      lanes: ['keep app/web.1'],
    })
  })

  it.each([
    ['whose settings have changed', 'web: {image: "web:1", ports: ["5683/udp"], environment: {A: "1"}}', {}],
    ['that has ended', web, { state: 'exited' as const }],
    ['whose image is an older one of the same name', web, { imageId: 'sha256:older' }],
  ])('replaces an instance %s', (_case, before, changes) => {
    const old = wanted(anApplication(before)).map((instance) =>
      aContainerOf(instance, { id: 'old', ...changes }),
    )
    expect(only(anApplication(web), aView({ containers: old, imageIds }))).toMatchObject({
      asides: ['old'],
      lanes: ['make app/web.1'],
    })
  })

  it('takes away replicas that are not wanted any more, and services too', () => {
    const before = anApplication('web: {image: "web:1", deploy: {replicas: 2}}\ndb: {image: "web:1"}')
    const containers = wanted(before).map((instance, index) => aContainerOf(instance, { id: `old${index}` }))
    const after = only(anApplication('web: {image: "web:1"}'), aView({ containers, imageIds }))
    expect(after.asides?.length).toBe(3)
    expect(after.lanes).toEqual(['make app/web.1'])
  })

  it('touches no container of another application, nor of anybody else', () => {
    const other = wanted(anApplication(web, 'other')).map((instance) => aContainerOf(instance))
    expect(
      only(anApplication(web), aView({ containers: [...other, aContainer()], imageIds })).asides,
    ).toEqual([])
  })

  it('removes the second of two containers that are the same instance', () => {
    const application = anApplication(web)
    const containers = ['first', 'second'].flatMap((id) =>
      wanted(application).map((instance) => aContainerOf(instance, { id })),
    )
    expect(only(application, aView({ containers, imageIds }))).toMatchObject({
      asides: ['second'],
      lanes: ['keep app/web.1'],
    })
  })

  it('removes from one device what runs on another', () => {
    const application = anApplication(web)
    const copies = ['a', 'b'].map((label) =>
      aView({
        label,
        imageIds,
        containers: wanted(application).map((instance) => aContainerOf(instance, { id: label })),
      }),
    )
    const plans = plan(application, copies).devices
    expect(plans.map(({ device, lanes, asides }) => [device, lanes.length, asides.length])).toEqual([
      ['a', 1, 0],
      ['b', 0, 1],
    ])
  })

  it('makes the application’s network where it is missing, and only where an instance needs it', () => {
    const application = anApplication('web: {image: "web:1"}\ndb: {image: "web:1"}')
    const devices = ['a', 'b', 'c'].map((label) => aView({ label, imageIds, hasNetwork: label === 'b' }))
    const networks = plan(application, devices).devices.map(({ network }) => network?.name)
    expect(networks).toEqual(['app_default', undefined, undefined])
  })

  it('sends the image of the store when the device has an older one', () => {
    const stored = new Map([['web:1', ['sha256:newer']]])
    const containers = wanted(anApplication(web)).map((instance) => aContainerOf(instance, { id: 'old' }))
    expect(only(anApplication(web), aView({ containers, imageIds }), stored)).toMatchObject({
      images: ['web:1 from store'],
      asides: ['old'],
      lanes: ['make app/web.1'],
    })
  })

  it('takes the device’s image when it is one of those in the store', () => {
    const stored = new Map([['web:1', ['sha256:web:1', 'sha256:for another processor']]])
    expect(only(anApplication(web), aView({ imageIds }), stored).images).toEqual([])
  })

  it('refuses to bring an image whose pull_policy is never', () => {
    const application = anApplication('web: {image: "web:1", pull_policy: never}')
    expect(() => plan(application, [aView()])).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNKNOWN', place: 'one' }),
    )
  })

  it('says who holds the port on the only device', () => {
    const ports = [{ containerPort: 53, protocol: 'udp', hostIp: '0.0.0.0', hostPort: 5683 }]
    const containers = [aContainer({ name: 'dns', ports })]
    const application = anApplication('web: {image: "web:1", ports: ["5683:5683/udp"]}')
    expect(() => plan(application, [aView({ containers, imageIds })])).toThrow(
      expect.objectContaining({ code: 'PORT_TAKEN', reason: 'its port 5683/udp is held by container dns' }),
    )
  })

  it('does not count the ports of what it replaces', () => {
    const ports = [{ containerPort: 5683, protocol: 'udp', hostIp: '0.0.0.0', hostPort: 5683 }]
    const before = wanted(anApplication('old: {image: "web:1", ports: ["5683:5683/udp"]}'))
    const containers = before.map((instance) => aContainerOf(instance, { ports }))
    const application = anApplication('new: {image: "web:1", ports: ["5683:5683/udp"]}')
    expect(only(application, aView({ containers, imageIds })).lanes).toEqual(['make app/new.1'])
  })
})

describe('planning a take-over', () => {
  it('makes one instance and leaves the others of the application alone', () => {
    const application = anApplication('web: {image: "web:1", ports: ["5683/udp"], deploy: {replicas: 2}}')
    const [first, second] = wanted(application)
    if (first === undefined || second === undefined) throw new Error('two were wanted')
    const containers = [
      aContainerOf(first, { id: 'other' }),
      aContainerOf(second, { id: 'dead', state: 'exited' }),
    ]
    const [device] = planTakeOver(application, second, aView({ containers, imageIds }), nothingStored).devices
    expect(device?.asides.map(({ container }) => container.id)).toEqual(['dead'])
    expect(device?.lanes.map(({ instance, kept }) => [instance.id, kept])).toEqual([['app/web.2', undefined]])
  })
})

describe('planning with devices', () => {
  const beam = 'beam: {image: "web:1", x-shoal: {needs: [laser]}}'

  function having(ids: readonly string[], changes: Partial<DeviceView> = {}): DeviceView {
    const devices = ids.map((id) => aDevice('laser', id))
    return aView({ imageIds, inventory: { ok: true, devices, modes: new Map() }, ...changes })
  }

  /** The container that a plan would make. */
  function made(view: DeviceView) {
    const [lane] = plan(anApplication(beam), [view]).devices.flatMap(({ lanes }) => lanes)
    if (lane === undefined) throw new Error('one was planned')
    return aContainerOf(lane.instance, { id: 'made' })
  }

  it('keeps an instance with its device, though another stands before it', () => {
    const before = made(having(['b']))
    expect(before.labels['shoal.claims']).toBe('laser=b')
    expect(only(anApplication(beam), having(['a', 'b'], { containers: [before] }))).toMatchObject({
      asides: [],
      lanes: ['keep app/beam.1'],
    })
  })

  it('replaces an instance whose device is gone, or is told otherwise', () => {
    const containers = [made(having(['a']))]
    expect(only(anApplication(beam), having(['b'], { containers })).lanes).toEqual(['make app/beam.1'])
    const read = aDevice('laser', 'a')
    const nodes = read.grant?.nodes.map((node) => ({ ...node, permissions: 'r' })) ?? []
    const changed = { ...read, grant: read.grant && { ...read.grant, nodes } }
    const inventory = { ok: true as const, devices: [changed], modes: new Map() }
    expect(only(anApplication(beam), having([], { containers, inventory })).asides).toEqual(['made'])
  })

  it('says who of another application holds it, and of the only machine its own reason', () => {
    const labels = { ...made(having(['a'])).labels, 'shoal.application': 'other' }
    const containers = [aContainer({ labels })]
    expect(() => plan(anApplication(beam), [having(['a'], { containers })])).toThrow(
      expect.objectContaining({
        code: 'DEVICE_HELD',
        place: 'one',
        reason: 'no device with the capability laser is free: a is held by instance other/beam.1',
      }),
    )
  })

  it('takes over with a free device, and not without', () => {
    const application = anApplication(beam)
    const [instance] = wanted(application)
    if (instance === undefined) throw new Error('one was wanted')
    const [device] = planTakeOver(application, instance, having(['a']), nothingStored).devices
    expect(device?.lanes[0]?.instance.granted.map(({ id }) => id)).toEqual(['a'])
    expect(() => planTakeOver(application, instance, having([]), nothingStored)).toThrow(
      expect.objectContaining({ code: 'CAPABILITY_ABSENT' }),
    )
  })
})
