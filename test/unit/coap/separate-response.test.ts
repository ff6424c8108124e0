import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../src/coap/codec/decode.ts'
import { type Message, MessageType } from '../../../src/coap/codec/message.ts'
import { Code, isRequestCode, isResponseCode } from '../../../src/coap/codes.ts'
import { transmissionParameters } from '../../../src/coap/transmission.ts'
import { until } from '../../until.ts'
import { openBadLink } from './bad-link.ts'
import { type Fate, type Passing, passOn } from './fault-proxy.ts'

/** Retransmissions after 20 ms or more, and an end of them in about half a second. */
const parameters = transmissionParameters({ ackTimeoutMs: 20, ackRandomFactor: 1, maxRetransmit: 4 })

type Kind = 'request' | 'piggybacked' | 'separate' | 'empty ACK' | 'RST'

function kindOf({ type, code }: Message): Kind {
  if (type === MessageType.Reset) return 'RST'
  if (isRequestCode(code)) return 'request'
  if (code === Code.Empty) return 'empty ACK'
  return isResponseCode(code) && type === MessageType.Acknowledgement ? 'piggybacked' : 'separate'
}

/** Passes everything on but what `change` gives a fate of its own, by kind and by how many of that kind and direction passed before. */
function scripted(change: (kind: Kind, nth: number, passing: Passing) => readonly number[] | undefined) {
  const seen: Kind[] = []
  const counts = new Map<string, number>()
  const fate: Fate = (passing) => {
    const message = decodeMessage(passing.datagram)
    if ('malformed' in message) throw new Error(`a malformed datagram was sent: ${message.malformed}`)
    const kind = kindOf(message)
    const nth = counts.get(`${kind} ${passing.direction}`) ?? 0
    counts.set(`${kind} ${passing.direction}`, nth + 1)
    seen.push(kind)
    return change(kind, nth, passing) ?? passOn(passing)
  }
  const count = (kind: Kind) => seen.filter((each) => each === kind).length
  return { fate, count }
}

const lost: readonly number[] = []
const post = { method: Code.Post, deadlineMs: 5_000 }

describe('a separate response', () => {
  it('is sent again until it arrives', async () => {
    const { fate, count } = scripted((kind, nth) => (kind === 'separate' && nth < 2 ? lost : undefined))
    await using link = await openBadLink(fate, { parameters })
    expect((await link.client.request(link.uri('/slow', 1), post)).text()).toBe('answer 1')
    expect(count('separate')).toBeGreaterThanOrEqual(3)
    expect(link.ledger.calls).toEqual([1])
  })

  it('is acknowledged again when the acknowledgement was lost, and answers once', async () => {
    const { fate, count } = scripted((kind, nth, { direction }) =>
      kind === 'empty ACK' && direction === 'to-server' && nth < 2 ? lost : undefined,
    )
    await using link = await openBadLink(fate, { parameters })
    expect((await link.client.request(link.uri('/slow', 1), post)).text()).toBe('answer 1')
    await until('the response was settled', () => link.server.use?.openRequests.entries === 0)
    expect(count('separate')).toBeGreaterThanOrEqual(3)
    expect(count('RST')).toBe(0)
    expect(link.ledger.calls).toEqual([1])
  })

  it('ends the request also when it overtakes the empty acknowledgement', async () => {
    const { fate, count } = scripted((kind, _, { direction }) =>
      kind === 'empty ACK' && direction === 'to-client' ? [60] : undefined,
    )
    await using link = await openBadLink(fate, { parameters })
    expect((await link.client.request(link.uri('/slow', 1), post)).text()).toBe('answer 1')
    const requests = count('request')
    await until('the late acknowledgement is there', () => link.proxy.pending === 0)
    expect((await link.client.request(link.uri('/small', 2))).text()).toBe('answer 2')
    expect(count('request')).toBe(requests + 1)
    expect(link.ledger.calls).toEqual([1, 1])
  })

  it('finds its request though every empty acknowledgement was lost', async () => {
    const { fate } = scripted((kind, _, { direction }) =>
      kind === 'empty ACK' && direction === 'to-client' ? lost : undefined,
    )
    await using link = await openBadLink(fate, { parameters })
    expect((await link.client.request(link.uri('/slow', 1), post)).text()).toBe('answer 1')
    expect(link.ledger.calls).toEqual([1])
  })

  it('that nobody acknowledges is given up, and harms no other request', async () => {
    const { fate, count } = scripted((kind) => (kind === 'separate' ? lost : undefined))
    await using link = await openBadLink(fate, { parameters })
    const unanswered = link.client.request(link.uri('/slow', 1), { ...post, deadlineMs: 200 })
    await expect(unanswered).rejects.toMatchObject({
      kind: 'timed-out',
      message: expect.stringContaining('acknowledged the request'),
    })
    await until('it was given up', () => link.server.use?.openRequests.entries === 0)
    expect(count('separate')).toBe(1 + parameters.maxRetransmit)
    expect((await link.client.request(link.uri('/small', 2))).text()).toBe('answer 2')
    expect(link.ledger.calls).toEqual([1, 1])
  })

  it('to a request that was given up is rejected, and not sent again', async () => {
    const { fate, count } = scripted(() => undefined)
    await using link = await openBadLink(fate, { parameters })
    const tooLate = link.client.request(link.uri('/slow', 1), { ...post, deadlineMs: 10 })
    await expect(tooLate).rejects.toMatchObject({ kind: 'timed-out' })
    await until('the response was rejected', () => count('RST') === 1)
    await until('the server knows', () => link.server.use?.openRequests.entries === 0)
    expect(count('separate')).toBe(1)
  })
})

describe('a duplicate that arrives when the exchange is over', () => {
  it('of a request calls no handler, of a response changes nothing', async () => {
    const { fate, count } = scripted(() => [0, 50])
    await using link = await openBadLink(fate, { parameters })
    const ids = Array.from({ length: 20 }, (_, id) => id)
    for (const id of ids) {
      expect((await link.client.request(link.uri('/small', id))).text()).toBe(`answer ${id}`)
      expect((await link.client.request(link.uri('/slow', id + 100), post)).text()).toBe(`answer ${id + 100}`)
    }
    await until('every duplicate has arrived', () => link.proxy.pending === 0)
    expect((await link.client.request(link.uri('/small', 999))).text()).toBe('answer 999')
    expect(link.ledger.calls).toEqual(new Array(41).fill(1))
    expect(count('RST')).toBe(0)
  })
})

describe('a server that answers nothing', () => {
  it('is given up after the last retransmission', async () => {
    const { fate, count } = scripted(() => lost)
    await using link = await openBadLink(fate, { parameters })
    const unanswered = link.client.request(link.uri('/small', 1))
    await expect(unanswered).rejects.toMatchObject({
      kind: 'timed-out',
      message: expect.stringContaining('none of 5 transmissions'),
    })
    expect(count('request')).toBe(5)
  })
})
