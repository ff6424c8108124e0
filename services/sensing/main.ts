// The sensing service: sensors and actuators over CoAP. Runs natively and as the one process of its image.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { CoapServer } from '../../src/coap/server.ts'
import {
  type GrantedDevice,
  grantedDevicesVariable,
  parseGrantedDevices,
} from '../../src/model/devices/granted-device.ts'
import { defaultCoapPort } from '../../src/model/endpoint.ts'
import { errorTable, renderError, ShoalError } from '../../src/model/errors.ts'
import { Sensing } from './resources.ts'

/** Until then every actuator is at rest; what hangs is cut off with the process. */
const stopDeadlineMs = 250

/** A command with all its settings has some hundred bytes. */
const longestCommandBytes = 4096

function wrongUsage(reason: string, cause?: unknown): ShoalError {
  return new ShoalError('USAGE', {
    action: 'start',
    object: 'sensing',
    reason,
    nextStep: 'node services/sensing/main.ts [--port N]',
    cause,
  })
}

/** `--port N`, else SHOAL_COAP_PORT, else 5683. 0 lets the system choose. */
function portFrom(argv: readonly string[], env: NodeJS.ProcessEnv): number {
  let named: string | undefined
  try {
    named = parseArgs({ args: [...argv], options: { port: { type: 'string' } } }).values.port
  } catch (error) {
    throw wrongUsage(error instanceof Error ? error.message : String(error), error)
  }
  const [source, text] = named === undefined ? ['SHOAL_COAP_PORT', env.SHOAL_COAP_PORT] : ['--port', named]
  if (text === undefined || text === '') return defaultCoapPort
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw wrongUsage(`${source} must be a port, 0 to 65535, got "${text}"`)
  }
  return Number(text)
}

function devicesFrom(env: NodeJS.ProcessEnv): readonly GrantedDevice[] {
  const text = env[grantedDevicesVariable] ?? ''
  if (text === '') return []
  const devices = parseGrantedDevices(text)
  if (devices === undefined) throw wrongUsage(`${grantedDevicesVariable} is no list of granted devices`)
  return devices
}

async function serve(port: number, devices: readonly GrantedDevice[]): Promise<void> {
  const log = (line: string): void => console.log(`sensing: ${line}`)
  const sensing = new Sensing({ devices, log })
  const server = new CoapServer({
    router: sensing.router,
    maxBodyBytes: longestCommandBytes,
    onHandlerError: (error, request) => {
      if (!request.signal.aborted) console.error(`sensing: /${request.path.join('/')}:`, error)
    },
  })
  // However the process ends, short of a kill: what can be put to rest at once is.
  process.once('exit', () => sensing.abandon())
  const stop = (): void => {
    setTimeout(() => process.exit(0), stopDeadlineMs).unref()
    void Promise.allSettled([sensing.stop(), server.stop()]).finally(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  try {
    const at = await server.start({ port })
    if (devices.length === 0) log(`there is nothing to sense: ${grantedDevicesVariable} names no device`)
    for (const { id, capability, driver } of devices) log(`${capability} is ${id}, by ${driver}`)
    log(`answers CoAP on UDP port ${at.port}`)
  } catch (error) {
    throw new ShoalError('SERVICE_PORT', {
      action: 'start',
      object: 'sensing',
      place: `UDP port ${port}`,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'name another port with --port or SHOAL_COAP_PORT',
      cause: error,
    })
  }
}

async function main(): Promise<void> {
  try {
    await serve(portFrom(process.argv.slice(2), process.env), devicesFrom(process.env))
  } catch (error) {
    console.error(error instanceof ShoalError ? renderError(error) : error)
    process.exit(error instanceof ShoalError ? errorTable[error.code].exitCode : 1)
  }
}

void main()
