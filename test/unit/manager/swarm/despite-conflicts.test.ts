import { describe, expect, it } from 'vitest'
import { despiteConflicts } from '../../../../src/manager/swarm/despite-conflicts.ts'
import { type ErrorCode, ShoalError } from '../../../../src/model/errors.ts'

const failure = (code: ErrorCode) => new ShoalError(code, { action: 'update', object: 'x', reason: 'y' })

describe('work despite conflicts', () => {
  it('begins anew when somebody else was faster', async () => {
    const failures = [failure('SWARM_CONFLICT'), failure('SWARM_NAME_TAKEN')]
    const work = async () => {
      const next = failures.shift()
      if (next !== undefined) throw next
      return 'done'
    }
    expect(await despiteConflicts(work)).toBe('done')
  })

  it('gives up when it goes on and on', async () => {
    let tries = 0
    const work = async () => {
      tries += 1
      throw failure('SWARM_CONFLICT')
    }
    await expect(despiteConflicts(work)).rejects.toMatchObject({ code: 'SWARM_CONFLICT' })
    expect(tries).toBe(8)
  })

  it('lets other failures through at once', async () => {
    let tries = 0
    const work = async () => {
      tries += 1
      throw failure('ENGINE_REFUSED')
    }
    await expect(despiteConflicts(work)).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
    expect(tries).toBe(1)
  })
})
