// Runs on the client: what people do today, `docker -H ssh://… run`, then `docker port`, then asking until CoAP answers.
import { execFileSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { waitForAnswer } from '../../src/coap/wait-for-answer.ts'

interface Input {
  readonly host: string
  readonly address: string
  readonly runOptions: readonly string[]
  readonly image: string
}

const { host, address, runOptions, image } = JSON.parse(await text(process.stdin)) as Input
const docker = (...words: string[]) =>
  execFileSync('docker', ['-H', `ssh://${host}`, ...words], { encoding: 'utf8', timeout: 60_000 }).trim()
await waitForAnswer('coap://127.0.0.1:9/', AbortSignal.timeout(50))

const startedAt = performance.now()
docker('run', '--detach', '--name', 'over-ssh', ...runOptions, image)
const runsAt = performance.now()
const port = docker('port', 'over-ssh', '5683/udp').split('\n')[0]?.split(':').at(-1)
const answered = await waitForAnswer(
  `coap://${address}:${port}/.well-known/core`,
  AbortSignal.timeout(30_000),
)
const readyAt = performance.now()
docker('rm', '--force', 'over-ssh')
if (!answered) throw new Error('no CoAP answer within 30 s')
process.stdout.write(`${JSON.stringify({ runMs: runsAt - startedAt, activationMs: readyAt - startedAt })}\n`)
