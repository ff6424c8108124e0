import { defineConfig } from 'vitest/config'

/** Unit tests: pure code, and CoAP on loopback. They need no root and no Docker. */
export default defineConfig({
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 },
})
