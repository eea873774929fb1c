/** A failure that a person can act on: the message says what happened and what to do. */
export class ServiceError extends Error {
  /**
   * @param {"missing" | "failed" | "timeout"} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "ServiceError";
    this.code = code;
  }
}
