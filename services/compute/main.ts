// The compute service: a CoAP server that averages and sorts numbers. Runs natively and as the one process of its image.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { CoapServer } from '../../src/coap/server.ts'
import { defaultCoapPort } from '../../src/model/endpoint.ts'
import { errorTable, renderError, ShoalError } from '../../src/model/errors.ts'
import { computeRouter } from './resources.ts'

/** The rest of a stop is the closing of a socket; work that does not end by then is cut off with the process. */
const stopDeadlineMs = 200

/** `--port N`, else SHOAL_COAP_PORT, else 5683. 0 lets the system choose. */
function portFrom(argv: readonly string[], env: NodeJS.ProcessEnv): number {
  const wrongUsage = (reason: string, cause?: unknown): ShoalError =>
    new ShoalError('USAGE', {
      action: 'start',
      object: 'compute',
      reason,
      nextStep: 'node services/compute/main.ts [--port N]',
      cause,
    })
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

async function serve(port: number): Promise<void> {
  const server = new CoapServer({
    router: computeRouter(),
    onHandlerError: (error, request) => {
      if (!request.signal.aborted) console.error(`compute: /${request.path.join('/')}:`, error)
    },
  })
  const stop = (): void => {
    setTimeout(() => process.exit(0), stopDeadlineMs).unref()
    void server.stop().finally(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  try {
    const at = await server.start({ port })
    console.log(`compute: answers CoAP on UDP port ${at.port}`)
  } catch (error) {
    throw new ShoalError('SERVICE_PORT', {
      action: 'start',
      object: 'compute',
      place: `UDP port ${port}`,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'name another port with --port or SHOAL_COAP_PORT',
      cause: error,
    })
  }
}

async function main(): Promise<void> {
  try {
    await serve(portFrom(process.argv.slice(2), process.env))
  } catch (error) {
    console.error(error instanceof ShoalError ? renderError(error) : error)
    process.exit(error instanceof ShoalError ? errorTable[error.code].exitCode : 1)
  }
}

void main()
