import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../evaluation/random.ts'
import { CoapError } from '../../../src/coap/coap-error.ts'
import { Code } from '../../../src/coap/codes.ts'
import { openBadLink, patternBytes } from './bad-link.ts'
import { type Faults, randomFate } from './fault-proxy.ts'

const links: readonly (readonly [string, Faults])[] = [
  ['loses 20 % of all datagrams', { loss: 0.2 }],
  ['doubles every datagram', { duplication: 1 }],
  ['delays a third of them, so that others overtake', { reordering: 0.33, maxDelayMs: 15 }],
  ['does all of it', { loss: 0.2, duplication: 1, reordering: 0.33, maxDelayMs: 15 }],
]

const deadlineMs = 60_000

describe.concurrent.each(links)('over a link that %s', (_, faults) => {
  const open = (seed: number) => openBadLink(randomFate(faults, createRandom(seed)))

  it.each([10_000, 65_536])(
    'a body of %i bytes arrives intact, and once',
    { timeout: deadlineMs },
    async (size) => {
      await using link = await open(size)
      const body = patternBytes(size, 1)
      const init = { method: Code.Put, payload: body, deadlineMs }
      expect((await link.client.request(link.uri('/store', 1), init)).code).toBe(Code.Changed)
      expect(Buffer.compare(link.ledger.bodies.get('1') ?? Buffer.alloc(0), body)).toBe(0)
      expect(link.ledger.calls).toEqual([1])
    },
  )

  it('answers of 10 KB come back intact, one handler call each', { timeout: deadlineMs }, async () => {
    await using link = await open(2)
    for (const id of [1, 2, 3]) {
      const { code, payload } = await link.client.request(link.uri('/text', id), { deadlineMs })
      expect(code).toBe(Code.Content)
      expect(Buffer.compare(payload, patternBytes(10_000, id))).toBe(0)
    }
    expect(link.ledger.calls).toEqual([1, 1, 1])
  })

  it('both bodies go block by block, several at once', { timeout: deadlineMs }, async () => {
    await using link = await open(3)
    const ids = [1, 2, 3, 4]
    await Promise.all(
      ids.map(async (id) => {
        const body = patternBytes(10_000, id)
        const init = { method: Code.Put, payload: body, deadlineMs }
        const { payload } = await link.client.request(link.uri('/reverse', id), init)
        expect(Buffer.compare(payload, body.toReversed())).toBe(0)
      }),
    )
    expect(link.ledger.calls).toEqual([1, 1, 1, 1])
  })

  it.each(['/small', '/slow'])(
    'of 60 requests to %s each gets its own answer from one handler call',
    { timeout: deadlineMs },
    async (path) => {
      await using link = await open(4)
      const ids = Array.from({ length: 60 }, (_unused, id) => id)
      const method = path === '/slow' ? Code.Post : Code.Get
      const answers = await Promise.all(
        ids.map((id) => link.client.request(link.uri(path, id), { method, deadlineMs })),
      )
      expect(answers.map((answer) => answer.text())).toEqual(ids.map((id) => `answer ${id}`))
      expect(link.ledger.calls).toEqual(ids.map(() => 1))
    },
  )

  it('a non-confirmable request calls the handler once at most, and an answer is its own', async () => {
    await using link = await open(5)
    const ids = Array.from({ length: 40 }, (_unused, id) => id)
    const outcomes = await Promise.allSettled(
      ids.map((id) => link.client.request(link.uri('/small', id), { confirmable: false, deadlineMs: 500 })),
    )
    for (const [id, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value.text()).toBe(`answer ${id}`)
      else expect(outcome.reason).toMatchObject({ name: CoapError.name, kind: 'timed-out' })
    }
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length
    if (faults.loss === undefined) expect(answered).toBe(ids.length)
    else expect(answered).toBeGreaterThan(0)
    expect(Math.max(...link.ledger.calls)).toBe(1)
  })

  it('the link is as bad as it says', { timeout: deadlineMs }, async () => {
    await using link = await open(6)
    const init = { method: Code.Put, payload: patternBytes(65_536, 1), deadlineMs }
    await link.client.request(link.uri('/reverse', 1), init)
    const { passed, lost, doubled, overtaken } = link.proxy.counters
    expect(passed).toBeGreaterThan(200)
    expect(lost / passed).toBeCloseTo(faults.loss ?? 0, 0.7)
    expect(doubled / (passed - lost)).toBeCloseTo(faults.duplication ?? 0, 0.7)
    expect(overtaken > 0).toBe(faults.reordering !== undefined)
  })
})

it('a body in non-confirmable blocks arrives intact though every datagram comes twice', async () => {
  await using link = await openBadLink(randomFate({ duplication: 1 }, createRandom(7)))
  const body = patternBytes(10_000, 1)
  const init = { method: Code.Put, payload: body, confirmable: false, deadlineMs }
  const { payload } = await link.client.request(link.uri('/reverse', 1), init)
  expect(Buffer.compare(payload, body.toReversed())).toBe(0)
  expect(link.ledger.calls).toEqual([1])
})
