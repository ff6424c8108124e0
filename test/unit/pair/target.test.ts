import { describe, expect, it } from 'vitest'
import { looksLikeTarget, parseTarget, parseTargets } from '../../../src/pair/target.ts'

describe('a device on the command line', () => {
  it.each([
    ['root@worker1', { label: 'root@worker1', user: 'root', host: 'worker1', port: undefined }],
    ['worker1', { label: 'worker1', user: undefined, host: 'worker1', port: undefined }],
    ['pi@10.0.0.7:2222', { label: 'pi@10.0.0.7:2222', user: 'pi', host: '10.0.0.7', port: 2222 }],
    ['ssh://pi@edge-7.lan:22/', { label: 'pi@edge-7.lan:22', user: 'pi', host: 'edge-7.lan', port: 22 }],
    ['pi@[fd00::7]:2222', { label: 'pi@[fd00::7]:2222', user: 'pi', host: 'fd00::7', port: 2222 }],
    ['pi@[fe80::7%eth0]', { label: 'pi@[fe80::7%eth0]', user: 'pi', host: 'fe80::7%eth0', port: undefined }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target)
  })

  it.each([
    '',
    'root@',
    '@worker1',
    'root@worker1:0',
    'root@worker1:70000',
    'root@worker1:ssh',
    'root@-oProxyCommand=reboot',
    '-oProxyCommand=reboot@worker1',
    'root@fd00::7',
    'root@a b',
    'root@worker1/path',
  ])('refuses %j', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('refuses a device that is named twice', () => {
    expect(() => parseTargets(['root@a', 'root@b', 'root@a'])).toThrow('root@a is named twice')
  })

  it('is told from a service and a file by its form', () => {
    const words = ['root@worker1', 'ssh://worker1', 'compute', './compose.yaml', 'compute/compute.1']
    expect(words.map(looksLikeTarget)).toEqual([true, true, false, false, false])
  })
})
