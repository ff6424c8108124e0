import { describe, expect, it } from 'vitest'
import { preferred } from '../../../../../src/manager/api/http/accept.ts'

const offered = ['application/json', 'text/event-stream'] as const

describe('which form a client gets', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['text/*', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['application/json, text/event-stream;q=0.9', 'application/json'],
    ['*/*;q=0.1, text/event-stream', 'text/event-stream'],
    ['application/json;q=0, */*', 'text/event-stream'],
    ['image/png', 'application/json'],
    ['text/event-stream;q=nonsense', 'application/json'],
    ['TEXT/Event-Stream', 'text/event-stream'],
  ] as const)('of Accept: %s is %s', (accept, type) => {
    expect(preferred(accept, offered)).toBe(type)
  })
})
