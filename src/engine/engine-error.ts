// What went wrong between us and an Engine, as an error for the user.
import { type ErrorCode, ShoalError } from '../model/errors.ts'
import type { HttpFailure } from './http.ts'
import type { EngineRefusal } from './refusal.ts'
import { swarmRefusals } from './swarm-refusals.ts'

/** What was asked of which Engine: the first three parts of every error. */
export interface CallSubject {
  /** `create` */
  readonly action: string
  /** `container compute-compute-1` */
  readonly object: string
  /** `worker1` */
  readonly place: string
}

/** The Engine tells most causes apart by its words only; these stand in moby's source since 20.10. The first that fits counts. */
const refusals: readonly EngineRefusal[] = [
  {
    code: 'IMAGE_UNKNOWN',
    pattern:
      /^no such image|manifest unknown|pull access denied|manifest for .* not found|no matching manifest/i,
  },
  { code: 'CONTAINER_UNKNOWN', pattern: /^no such container/i },
  { code: 'NAME_TAKEN', pattern: /is already in use by container/i },
  {
    code: 'PORT_TAKEN',
    // `listen udp4 0.0.0.0:5683: bind: …`, `Bind for 0.0.0.0:5683 failed: …`; since Docker 28 `bind host port 0.0.0.0:5683/udp: …`
    pattern:
      /(?:(?<before>tcp|udp)\d? )?(?:\S*:(?<port>\d+)(?:\/(?<after>tcp|udp))?(?:: bind:|:| failed:) )?(?:port is already allocated|address already in use)/i,
    reword: ({ before, port, after }) => {
      const protocol = before ?? after
      return port === undefined
        ? undefined
        : `its port ${port}${protocol === undefined ? '' : `/${protocol}`} is taken`
    },
    nextStep: 'publish another port, or none so that the Engine chooses, or stop what holds it',
  },
  {
    code: 'HARDWARE_ABSENT',
    pattern: /error gathering device information|no such device/i,
    nextStep: 'check `devices:` against what is plugged into that device',
  },
  {
    code: 'STORAGE_FULL',
    pattern: /no space left on device/i,
    nextStep: 'free space there: docker system prune removes what nothing uses',
  },
  ...swarmRefusals,
  {
    code: 'COMMAND_UNRUNNABLE',
    pattern: /(?<cause>exec: ".*?)(?:: unknown)?$|executable file not found|exec format error/is,
    reword: ({ cause = 'the image is built for another kind of processor' }) => cause,
    nextStep: 'check `command:` and `entrypoint:`, and that the image is built for that device',
  },
]

/** The error for an answer of 400 and above. */
export function refusedCall(subject: CallSubject, status: number, message: string): ShoalError {
  for (const { code, pattern, of, reword, nextStep } of refusals) {
    if (of !== undefined && !subject.object.startsWith(of)) continue
    const match = pattern.exec(message)
    if (match === null) continue
    return new ShoalError(code, {
      ...subject,
      reason: reword?.(match.groups ?? {}) ?? plainWords(message),
      ...(nextStep === undefined ? {} : { nextStep }),
      cause: new Error(message),
    })
  }
  return new ShoalError('ENGINE_REFUSED', {
    ...subject,
    reason: message === '' ? `the Engine answered with status ${status}` : plainWords(message),
  })
}

const failureCodes = Object.freeze({
  absent: 'ENGINE_ABSENT',
  denied: 'ENGINE_DENIED',
  cut: 'CONNECTION_LOST',
  'timed-out': 'ENGINE_TIMEOUT',
  interrupted: 'INTERRUPTED',
} satisfies Record<HttpFailure['kind'], ErrorCode>)

const failureReasons: Readonly<Record<HttpFailure['kind'], string>> = Object.freeze({
  absent: 'no Docker Engine listens there',
  denied: 'this user may not use the Docker Engine’s socket',
  cut: 'the connection ended before the answer was whole',
  'timed-out': 'the Docker Engine gave',
  interrupted: 'stopped by the user',
})

/** The error for a call that got no whole answer. */
export function unansweredCall(subject: CallSubject, failure: HttpFailure): ShoalError {
  const detail = failure.kind === 'timed-out' ? ` ${failure.message}` : ''
  return new ShoalError(failureCodes[failure.kind], {
    ...subject,
    reason: failureReasons[failure.kind] + detail,
    cause: failure,
  })
}

/** Without what Swarm's own calls put in front; the Engine begins some sentences with a capital, ours stand after a colon. */
function plainWords(message: string): string {
  const words = message.replace(/^rpc error: code = \w+ desc = /, '')
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words
}
