import { describe, expect, it } from 'vitest'
import { parseManagerAddress } from '../../../src/cli/manager-address.ts'

describe('the address of a manager', () => {
  it.each([
    ['10.77.0.1', 'http://10.77.0.1:8480', 'coap://10.77.0.1:5683'],
    ['ap.local', 'http://ap.local:8480', 'coap://ap.local:5683'],
    ['ap:9000', 'http://ap:9000', 'coap://ap:5683'],
    ['ap:80', 'http://ap:80', 'coap://ap:5683'],
    ['http://ap', 'http://ap:8480', 'coap://ap:5683'],
    ['http://ap:80/', 'http://ap:80', 'coap://ap:5683'],
    ['HTTP://ap:9000/', 'http://ap:9000', 'coap://ap:5683'],
    ['coap://10.77.0.1', 'http://10.77.0.1:8480', 'coap://10.77.0.1:5683'],
    ['coap://10.77.0.1:6000', 'http://10.77.0.1:8480', 'coap://10.77.0.1:6000'],
    ['fd00::1', 'http://[fd00::1]:8480', 'coap://[fd00::1]:5683'],
    ['[fd00::1]', 'http://[fd00::1]:8480', 'coap://[fd00::1]:5683'],
    ['[fd00::1]:9000', 'http://[fd00::1]:9000', 'coap://[fd00::1]:5683'],
    ['coap://[fd00::1]', 'http://[fd00::1]:8480', 'coap://[fd00::1]:5683'],
  ])('%s is reached at %s and %s', (text, httpUrl, coapUri) => {
    expect(parseManagerAddress(text)).toEqual({ httpUrl, coapUri })
  })

  it.each([
    '',
    'http://',
    'https://ap',
    'ftp://ap',
    'a b',
    'ap/path',
    'http://ap?x=1',
    'http://user@ap',
    'ap:99999',
    'coap://',
  ])('is not "%s"', (text) => {
    expect(() => parseManagerAddress(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
