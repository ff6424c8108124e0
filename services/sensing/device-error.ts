// Why a device does not do what it is asked for.

/**
 * `busy` somebody else holds it · `gone` it is not there · `denied` not allowed · `checksum` and `timeout` it answered wrongly, or not ·
 * `stuck` its line does not follow · `unsupported` this driver cannot do it · `failed` anything else.
 */
export type DeviceTrouble =
  | 'busy'
  | 'gone'
  | 'denied'
  | 'checksum'
  | 'timeout'
  | 'stuck'
  | 'unsupported'
  | 'failed'

/** The message is for people; a client gets it as diagnostic payload. */
export class DeviceError extends Error {
  readonly trouble: DeviceTrouble

  constructor(trouble: DeviceTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DeviceError'
    this.trouble = trouble
  }
}

/** Whether the next reading may well succeed: single-wire sensors miss one now and then. */
export function isPassing({ trouble }: DeviceError): boolean {
  return trouble === 'checksum' || trouble === 'timeout'
}
