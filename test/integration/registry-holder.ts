// A program that runs a registry and is to be killed: `node registry-holder.ts KEYFOLDER PORT`; it prints a line when the registry answers.
import process from 'node:process'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { Registry } from '../../src/manager/registry/registry.ts'

const [, , folder = '', port = ''] = process.argv
const keys = await KeyFolder.open(folder, { names: ['127.0.0.1'], nowMs: Date.now() })
const registry = new Registry({ keys, address: '127.0.0.1', port: Number(port) })
await registry.start(new AbortController().signal)
process.stdout.write('up\n')
