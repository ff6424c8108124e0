import { describe, expect, it } from 'vitest'
import { isByPathAlone, parseClaims } from '../../../src/runtime/claims.ts'

describe('the claims of an instance', () => {
  it('names each device once, with every kind by which it is held', () => {
    const claims = parseClaims([
      'PATH=/bin',
      'DOCKER_RESOURCE_CAMERA=cam#2,door-cam',
      'DOCKER_RESOURCE_/DEV/VIDEO0=cam',
      'MY_DOCKER_RESOURCE_X=no',
    ])
    expect(claims).toEqual([
      { deviceId: 'cam', kinds: ['CAMERA', '/DEV/VIDEO0'] },
      { deviceId: 'door-cam', kinds: ['CAMERA'] },
    ])
    expect(claims.map(isByPathAlone)).toEqual([false, false])
    expect(parseClaims(['DOCKER_RESOURCE_/DEV/VIDEO0=cam']).map(isByPathAlone)).toEqual([true])
  })

  it('keeps a claim of nothing, which no device will answer to', () => {
    expect(parseClaims(['DOCKER_RESOURCE_LASER='])).toEqual([{ deviceId: '', kinds: ['LASER'] }])
    expect(parseClaims(['DOCKER_RESOURCE_GPU=2'])).toEqual([{ deviceId: '2', kinds: ['GPU'] }])
    expect(parseClaims(['HOME=/'])).toEqual([])
  })
})
