import { describe, expect, it } from 'vitest'
import { planActivation } from '../../../src/pair/plan-activation.ts'
import { ServiceGates } from '../../../src/pair/service-gates.ts'
import { anApplication, aView, wanted } from './builders.ts'

const application = anApplication(
  [
    'web: {image: "web:1", depends_on: {db: {condition: service_healthy}}}',
    'db: {image: "db:1", deploy: {replicas: 2}, healthcheck: {test: "true"}}',
  ].join('\n'),
)
const plan = planActivation({
  application,
  wanted: wanted(application),
  devices: [aView()],
  stored: new Map(),
})
const after =
  plan.devices.flatMap(({ lanes }) => lanes).find(({ instance }) => instance.service.name === 'web')?.after ??
  []
const never = new AbortController().signal

/** Whether it has resolved by now. */
async function isThrough(passing: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))
  return Promise.race([passing.then(() => true), later])
}

describe('waiting for what is depended on', () => {
  it('goes on when every instance of it has come far enough', async () => {
    const gates = new ServiceGates(plan)
    const passing = gates.pass(after, never)
    gates.reach('db', 'healthy')
    expect(await isThrough(passing)).toBe(false)
    gates.reach('db', 'healthy')
    expect(await isThrough(passing)).toBe(true)
  })

  it('does not count that it runs when it has to be healthy', async () => {
    const gates = new ServiceGates(plan)
    const passing = gates.pass(after, never)
    for (let instance = 0; instance < 2; instance++) gates.reach('db', 'started')
    expect(await isThrough(passing)).toBe(false)
    expect(gates.isAwaited('db', 'healthy')).toBe(true)
    expect(gates.isAwaited('db', 'started')).toBe(false)
  })

  it('ends when it is stopped', async () => {
    const stop = new AbortController()
    const passing = new ServiceGates(plan).pass(after, stop.signal)
    stop.abort()
    await expect(passing).rejects.toMatchObject({ code: 'INTERRUPTED', object: 'service db' })
  })
})
