/**
 * A refusal with an AMQP error condition. The transport turns it into a rejected delivery, a detached link or
 * a management response; the conditions are those that Azure Service Bus documents and its SDKs translate.
 */
export class BrokerError extends Error {
  readonly condition: string

  constructor(condition: string, message: string) {
    super(message)
    this.name = "BrokerError"
    this.condition = condition
  }
}

/** The entity does not exist. SDKs recognise the wording and report `MessagingEntityNotFound`. */
export const entityNotFound = (address: string) =>
  new BrokerError("amqp:not-found", `The messaging entity '${address}' could not be found.`)

/** The operation does not fit the entity, for example a session receiver on an entity without sessions. */
export const notAllowed = (message: string) => new BrokerError("amqp:not-allowed", message)

/** The request itself is wrong. */
export const argumentError = (message: string) => new BrokerError("com.microsoft:argument-error", message)

/** What is sent, a message or a batch, is larger than the namespace takes. */
export const messageTooLarge = (size: number, limit: number) =>
  new BrokerError(
    "amqp:link:message-size-exceeded",
    `The message of ${size} bytes exceeds the limit of ${limit} bytes.`,
  )

/** The lock token is unknown: it expired, was settled, or the emulator was restarted. */
export const messageLockLost = () =>
  new BrokerError(
    "com.microsoft:message-lock-lost",
    "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
  )

/** The session is no longer locked by this receiver. */
export const sessionLockLost = (sessionId: string) =>
  new BrokerError(
    "com.microsoft:session-lock-lost",
    `The session lock has expired on the session '${sessionId}'. Accept the session again.`,
  )

/** Another receiver holds the session. */
export const sessionCannotBeLocked = (sessionId: string) =>
  new BrokerError(
    "com.microsoft:session-cannot-be-locked",
    `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
  )

/** No message with that sequence number in the state that the operation needs. */
export const messageNotFound = (sequenceNumbers: number[]) =>
  new BrokerError(
    "com.microsoft:message-not-found",
    `No message with the sequence number ${sequenceNumbers.join(", ")} is in the expected state.`,
  )
