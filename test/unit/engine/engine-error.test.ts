import { describe, expect, it } from 'vitest'
import { refusedCall, unansweredCall } from '../../../src/engine/engine-error.ts'
import { HttpFailure } from '../../../src/engine/http.ts'

const subject = { action: 'start', object: 'container web-web-1', place: 'root@worker1' }

function refused(message: string, status = 500) {
  const { code, reason } = refusedCall(subject, status, message)
  return `${code} ${reason}`
}

describe('what an Engine refuses', () => {
  it.each([
    ['No such image: nosuch:1', 'IMAGE_UNKNOWN no such image: nosuch:1'],
    [
      'manifest for nosuch:1 not found: manifest unknown',
      'IMAGE_UNKNOWN manifest for nosuch:1 not found: manifest unknown',
    ],
    ['No such container: f00', 'CONTAINER_UNKNOWN no such container: f00'],
    [
      'driver failed programming external connectivity on endpoint s (96): Error starting userland proxy: listen tcp4 0.0.0.0:22: bind: address already in use',
      'PORT_TAKEN its port 22/tcp is taken',
    ],
    [
      'driver failed programming external connectivity on endpoint s (96): Bind for 0.0.0.0:5683 failed: port is already allocated',
      'PORT_TAKEN its port 5683 is taken',
    ],
    [
      'failed to bind host port 0.0.0.0:5683/udp: address already in use',
      'PORT_TAKEN its port 5683/udp is taken',
    ],
    [
      'error gathering device information while adding custom device "/dev/ttyUSB0": no such file or directory',
      'HARDWARE_ABSENT error gathering device information while adding custom device "/dev/ttyUSB0": no such file or directory',
    ],
    [
      'OCI runtime create failed: runc create failed: unable to start container process: exec: "/node": stat /node: no such file or directory: unknown',
      'COMMAND_UNRUNNABLE exec: "/node": stat /node: no such file or directory',
    ],
    [
      'write /var/lib/docker/tmp/x: no space left on device',
      'STORAGE_FULL write /var/lib/docker/tmp/x: no space left on device',
    ],
    ['Something new', 'ENGINE_REFUSED something new'],
    ['', 'ENGINE_REFUSED the Engine answered with status 500'],
  ])('%j', (message, expected) => {
    expect(refused(message)).toBe(expected)
  })

  it('keeps the Engine’s own words as the cause', () => {
    const message = 'listen udp4 0.0.0.0:5683: bind: address already in use'
    expect(refusedCall(subject, 500, message).cause).toEqual(new Error(message))
  })

  it('says what was asked of which Engine', () => {
    expect(refusedCall(subject, 500, 'Something new').message).toBe(
      'start, container web-web-1, root@worker1: something new',
    )
  })
})

describe('an Engine that gives no whole answer', () => {
  it.each([
    ['absent', 'ENGINE_ABSENT'],
    ['denied', 'ENGINE_DENIED'],
    ['cut', 'CONNECTION_LOST'],
    ['timed-out', 'ENGINE_TIMEOUT'],
    ['interrupted', 'INTERRUPTED'],
  ] as const)('%s', (kind, code) => {
    expect(unansweredCall(subject, new HttpFailure(kind, 'no answer within 5 s')).code).toBe(code)
  })
})
