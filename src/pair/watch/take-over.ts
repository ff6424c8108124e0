// Starts one instance on a device in place of one that was given up elsewhere.
import type { Application } from '../../model/application.ts'
import { carryOut } from '../carry-out.ts'
import type { Device } from '../device.ts'
import type { ActiveInstance } from '../execute-plan.ts'
import { newRunId, type WantedInstance, wantInstances } from '../instance.ts'
import type { PairContext } from '../pair-context.ts'
import { planTakeOver } from '../plan-activation.ts'

/** All or nothing, as with every activation. Throws ShoalError. */
export async function takeOver(
  { id }: WantedInstance,
  application: Application,
  device: Device,
  context: PairContext,
): Promise<ActiveInstance> {
  const run = newRunId()
  const instance = wantInstances(application, run).find((wanted) => wanted.id === id)
  if (instance === undefined) throw new Error(`${id} is no instance of ${application.name}`)
  const [active] = await carryOut(
    {
      run,
      application,
      devices: [device],
      connectMs: new Map(),
      plan: ([view], stored) => {
        if (view === undefined) throw new Error(`${device.label} was not looked at`)
        return planTakeOver(application, instance, view, stored)
      },
    },
    context,
  )
  if (active === undefined) throw new Error(`${id} was planned for and not started`)
  return active
}
