// The CoAP resources of the compute service: what a request must be, and what it is answered.
import { Code } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { type CoapReply, type CoapRequest, type Resource, Router } from '../../src/coap/router.ts'
import { average } from './average.ts'
import { BadNumbers } from './bad-numbers.ts'
import { bubbleSort } from './bubblesort.ts'
import { mergeSort } from './mergesort.ts'
import { type NumberFormat, numberFormats } from './number-format.ts'
import { runPaced } from './pace.ts'

/**
 * Bubble sort of so many numbers takes 5·10⁹ comparisons: some 15 s on a desktop processor, minutes on a small board, about as
 * long as a client may wait for an answer at all (EXCHANGE_LIFETIME, 247 s, RFC 7252 §4.8.2).
 */
export const maxBubbleNumbers = 100_000
/** Sorts under way at once. They share one processor and up to 40 MB each; more of them would only finish later. */
export const maxSorts = 4
/** When a client that was told to come back may do so. */
const retryAfterSeconds = 5

type Compute = (
  values: Float64Array,
  format: NumberFormat,
  signal: AbortSignal,
) => Promise<string | Uint8Array>

/** `/average`, `/mergesort` and `/bubblesort`. Each router counts its own sorts. */
export function computeRouter(): Router {
  let sorts = 0

  const sortBy =
    (algorithm: (values: Float64Array) => Generator<number, Float64Array>): Compute =>
    async (values, format, signal) => {
      if (sorts >= maxSorts) {
        throw new Refusal(Code.ServiceUnavailable, `${maxSorts} sorts are under way, come back later`)
      }
      sorts++
      try {
        return format.renderList(await runPaced(algorithm(values), signal))
      } finally {
        sorts--
      }
    }
  const bubbleSorted = sortBy(bubbleSort)

  return new Router()
    .add('/average', resource('average', 'The mean of the numbers', averageOf))
    .add('/mergesort', resource('mergesort', 'The numbers in ascending order, O(n log n)', sortBy(mergeSort)))
    .add(
      '/bubblesort',
      resource('bubblesort', 'The numbers in ascending order, O(n²)', async (values, format, signal) => {
        if (values.length > maxBubbleNumbers) {
          throw new Refusal(
            Code.RequestEntityTooLarge,
            `${values.length} numbers; bubblesort takes ${maxBubbleNumbers} at most, mergesort takes them all`,
          )
        }
        return await bubbleSorted(values, format, signal)
      }),
    )
}

const averageOf: Compute = async (values, format) => format.renderNumber(average(values))

/** An answer other than success; the message is its diagnostic payload. */
class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

function resource(name: string, title: string, compute: Compute): Resource {
  const formats = [...numberFormats.keys()]
  return {
    attributes: { rt: `shoal.${name}`, ct: formats.join(' '), title },
    consumes: formats,
    produces: formats,
    put: (request) => answer(request, compute),
  }
}

/** The answer comes as the request accepts it, else as the request itself came; without a Content-Format that is text. */
async function answer(request: CoapRequest, compute: Compute): Promise<CoapReply> {
  const sent = request.contentFormat ?? ContentFormat.TextPlain
  const wanted = request.accept ?? sent
  const [read, write] = [numberFormats.get(sent), numberFormats.get(wanted)]
  if (read === undefined) return { code: Code.UnsupportedContentFormat }
  if (write === undefined) return { code: Code.NotAcceptable }
  try {
    const payload = await compute(read.parse(request.payload), write, request.signal)
    return { code: Code.Changed, contentFormat: wanted, payload }
  } catch (error) {
    if (error instanceof BadNumbers) return { code: Code.BadRequest, payload: error.message }
    if (!(error instanceof Refusal)) throw error
    const retry = error.code === Code.ServiceUnavailable ? { maxAge: retryAfterSeconds } : {}
    return { code: error.code, payload: error.message, ...retry }
  }
}
