// The error of an instance that no device can carry: with one device its own reason, with several each one's. Pure.
import { ShoalError } from '../model/errors.ts'
import type { Rejection, Unplaced } from './spread.ts'

export function unplacedError({ instance, rejected }: Unplaced): ShoalError {
  const [only] = rejected
  if (rejected.length === 1 && only !== undefined) {
    return new ShoalError(only.code, {
      action: 'place',
      object: `instance ${instance}`,
      place: only.device,
      reason: only.reason,
      ...(only.nextStep === undefined ? {} : { nextStep: only.nextStep }),
    })
  }
  return new ShoalError('UNPLACED', {
    action: 'place',
    object: `instance ${instance}`,
    reason: `no device can carry it\n${rejected.map(renderRejection).join('\n')}`,
    nextStep: rejected.every(({ code }) => code === 'PORT_TAKEN')
      ? 'name more devices, or publish no fixed port (`ports: ["5683/udp"]`), or fewer replicas'
      : 'name a machine that has what it needs and where that is free, or mend what stands here, or fewer replicas',
  })
}

function renderRejection({ device, reason }: Rejection): string {
  return `  ${device}: ${reason.replaceAll('\n', '\n    ')}`
}
