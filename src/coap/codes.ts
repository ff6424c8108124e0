// CoAP codes: methods and response codes, and how a person writes them.

/** RFC 7252 §12.1, RFC 7959 §2.9 (Continue, RequestEntityIncomplete), RFC 8132 (Fetch, Patch, IPatch, Conflict, UnprocessableEntity), RFC 8516. */
export const Code = Object.freeze({
  Empty: 0x00,
  Get: 0x01,
  Post: 0x02,
  Put: 0x03,
  Delete: 0x04,
  Fetch: 0x05,
  Patch: 0x06,
  IPatch: 0x07,
  Created: 0x41,
  Deleted: 0x42,
  Valid: 0x43,
  Changed: 0x44,
  Content: 0x45,
  Continue: 0x5f,
  BadRequest: 0x80,
  Unauthorized: 0x81,
  BadOption: 0x82,
  Forbidden: 0x83,
  NotFound: 0x84,
  MethodNotAllowed: 0x85,
  NotAcceptable: 0x86,
  RequestEntityIncomplete: 0x88,
  Conflict: 0x89,
  PreconditionFailed: 0x8c,
  RequestEntityTooLarge: 0x8d,
  UnsupportedContentFormat: 0x8f,
  UnprocessableEntity: 0x96,
  TooManyRequests: 0x9d,
  InternalServerError: 0xa0,
  NotImplemented: 0xa1,
  BadGateway: 0xa2,
  ServiceUnavailable: 0xa3,
  GatewayTimeout: 0xa4,
  ProxyingNotSupported: 0xa5,
} as const)

const names = new Map<number, string>(Object.entries(Code).map(([name, code]) => [code, name]))

/** `0x45` -> `2.05` (RFC 7252 §3). */
export function formatCode(code: number): string {
  return `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`
}

/** `0x84` -> `4.04 NotFound`; a code without a name is its number alone. */
export function describeCode(code: number): string {
  const name = names.get(code)
  return name === undefined ? formatCode(code) : `${formatCode(code)} ${name}`
}

/** `0x03` -> `PUT`; a method without a name is its number: `0.31`. */
export function methodName(code: number): string {
  return code > Code.Empty && code <= Code.IPatch
    ? (names.get(code) ?? formatCode(code)).toUpperCase()
    : formatCode(code)
}

/** Class 0, but for the empty message (RFC 7252 §3). */
export function isRequestCode(code: number): boolean {
  return code > 0 && code < 0x20
}

/** Classes 2 to 5. */
export function isResponseCode(code: number): boolean {
  return code >= 0x40 && code < 0xc0
}

/** Class 2. */
export function isSuccess(code: number): boolean {
  return code >> 5 === 2
}
