import { describe, expect, it } from 'vitest'
import { isForeignPage } from '../../../../../src/manager/api/http/foreign-page.ts'

describe('whose page sends a request', () => {
  it.each([
    ['10.77.0.1:8480', 'http://10.77.0.1:8480'],
    ['[fd00::1]:8480', 'http://[fd00::1]:8480'],
    ['ap:8480', 'http://ap:8480'],
    ['ap.local:8480', 'http://AP.local:8480'],
    ['shed.home.arpa', 'http://shed.home.arpa'],
    ['ap.farm.example:8480', 'http://ap.farm.example:8480'],
  ])('is the manager’s own at %s', (host, origin) => {
    expect(isForeignPage({ method: 'POST', origin, host }, 'ap')).toBe(false)
  })

  it.each([
    ['10.77.0.1:8480', 'http://evil.example'],
    ['10.77.0.1:8480', 'http://10.77.0.1'],
    ['10.77.0.1:8480', 'null'],
    ['10.77.0.1:8480', ''],
    // A name of somebody else's that leads to the manager for a moment.
    ['evil.example:8480', 'http://evil.example:8480'],
    ['apple.example:8480', 'http://apple.example:8480'],
    [undefined, 'http://10.77.0.1:8480'],
  ])('is foreign at %s from %s', (host, origin) => {
    expect(isForeignPage({ method: 'DELETE', origin, host }, 'ap')).toBe(true)
  })

  it('does not matter where nothing is changed, or no page is behind it', () => {
    expect(isForeignPage({ method: 'GET', origin: 'http://evil.example', host: 'ap' }, 'ap')).toBe(false)
    expect(isForeignPage({ method: 'POST', origin: undefined, host: 'evil.example' }, 'ap')).toBe(false)
  })
})
