import { describe, expect, it } from 'vitest'
import type { DeviceView } from '../../../src/pair/device-view.ts'
import { footprintOf, isEmpty, needsSettling } from '../../../src/pair/footprint.ts'
import { planActivation } from '../../../src/pair/plan-activation.ts'
import { aContainerOf, anApplication, aView, wanted } from './builders.ts'

function footprint(services: string, view: DeviceView) {
  const application = anApplication(services)
  const [plan] = planActivation({
    application,
    wanted: wanted(application),
    devices: [view],
    stored: new Map(),
  }).devices
  if (plan === undefined) throw new Error('one device was planned for')
  return footprintOf(plan, view, application)
}

const imageIds = new Map([['web:1', 'sha256:web:1']])

describe('the footprint of an activation', () => {
  it('is empty when only containers are made: those carry the run’s id', () => {
    expect(isEmpty(footprint('web: {image: "web:1"}', aView({ imageIds })))).toBe(true)
  })

  it('names what is put aside, and whether it ran', () => {
    const before = wanted(
      anApplication('web: {image: "web:1", environment: {A: "1"}, deploy: {replicas: 2}}'),
    )
    const containers = before.map((instance, index) =>
      aContainerOf(instance, { id: `c${index}`, state: index === 0 ? 'running' : 'exited' }),
    )
    const left = footprint('web: {image: "web:1", deploy: {replicas: 2}}', aView({ containers, imageIds }))
    expect(left.asides).toEqual([
      { id: 'c0', name: 'app-web-1', wasRunning: true },
      { id: 'c1', name: 'app-web-2', wasRunning: false },
    ])
    expect(needsSettling(left)).toBe(true)
  })

  it('names the images that are brought, the network, and the volumes that are not there yet', () => {
    const services = [
      'web: {image: "new:1", volumes: ["data:/data", "logs:/logs", "/dev/null:/x", "/anonymous"]}',
      'db: {image: "web:1"}',
    ].join('\n')
    const application = anApplication(services, 'app', 'volumes: {data: , logs: }')
    const view = aView({ imageIds, volumes: new Set(['app_logs']) })
    const [plan] = planActivation({
      application,
      wanted: wanted(application),
      devices: [view],
      stored: new Map(),
    }).devices
    if (plan === undefined) throw new Error('one device was planned for')
    expect(footprintOf(plan, view, application)).toEqual({
      asides: [],
      images: [{ reference: 'new:1', previousId: undefined }],
      network: 'app_default',
      volumes: ['app_data'],
    })
  })
})
