import { expect, test } from 'vitest'
import { moveLinks } from '../../../../../src/manager/api/coap/move-links.ts'

test('moves every target that is a path, and nothing else', () => {
  const links =
    '</average>;rt="a;<b>",</>;title="say \\"</no>\\"",<coap://other/x>;rt="y",<//host/x>;anchor="/average"'
  expect(moveLinks(links, '/s/compute')).toBe(
    '</s/compute/average>;rt="a;<b>",</s/compute/>;title="say \\"</no>\\"",<coap://other/x>;rt="y",<//host/x>;anchor="/average"',
  )
})

test('leaves nothing and garbage as they are', () => {
  expect(moveLinks('', '/s/x')).toBe('')
  expect(moveLinks('"</a>', '/s/x')).toBe('"</a>')
})
