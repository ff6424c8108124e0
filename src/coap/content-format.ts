// Content-Formats that Shoal's services speak.

/** RFC 7252 §12.3, RFC 8949 (Cbor), RFC 8428 §12.3 (SenML). */
export const ContentFormat = Object.freeze({
  TextPlain: 0,
  LinkFormat: 40,
  Xml: 41,
  OctetStream: 42,
  Json: 50,
  Cbor: 60,
  SenmlJson: 110,
  SenmlCbor: 112,
} as const)
