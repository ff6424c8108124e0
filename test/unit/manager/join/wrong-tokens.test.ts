import { expect, it } from 'vitest'
import { WrongTokens } from '../../../../src/manager/join/wrong-tokens.ts'

const sendMany = (wrong: WrongTokens, address: string) => {
  for (let sent = 0; sent < 20; sent += 1) wrong.add(address)
}

it('has an address wait after twenty wrong tokens, and no other', () => {
  const wrong = new WrongTokens(() => 0)
  sendMany(wrong, '10.0.0.2')
  expect(wrong.mustWait('10.0.0.2')).toBe(true)
  expect(wrong.mustWait('10.0.0.3')).toBe(false)
})

it('begins anew after a minute', () => {
  let nowMs = 0
  const wrong = new WrongTokens(() => nowMs)
  sendMany(wrong, '10.0.0.2')
  nowMs = 60_000
  expect(wrong.mustWait('10.0.0.2')).toBe(false)
  wrong.add('10.0.0.2')
  expect(wrong.mustWait('10.0.0.2')).toBe(false)
})

it('remembers a bounded number of addresses, the newest', () => {
  const wrong = new WrongTokens(() => 0)
  sendMany(wrong, 'first')
  for (let address = 0; address < 2000; address += 1) wrong.add(`10.0.${address}`)
  sendMany(wrong, 'last')
  expect(wrong.mustWait('first')).toBe(false)
  expect(wrong.mustWait('last')).toBe(true)
})
