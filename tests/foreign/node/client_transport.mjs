// The npm client `@nats-io/transport-node` (version 3) in the words of the suite.
import { connect as connectTo, credsAuthenticator, errors, headers } from '@nats-io/transport-node';

export const name = '@nats-io/transport-node';
export { credsAuthenticator, headers };
export const connect = (options) => connectTo(options);

const isOrHasCause = (error, type) =>
  error instanceof type || (error?.cause !== undefined && isOrHasCause(error.cause, type));

export const isNoResponders = (error) => isOrHasCause(error, errors.NoRespondersError);
export const isPermissionViolation = (error) => isOrHasCause(error, errors.PermissionViolationError);
export const isAuthorizationViolation = (error) => isOrHasCause(error, errors.AuthorizationError);
export const isTooLarge = (error) =>
  error instanceof errors.InvalidArgumentError && error.message.includes('max_payload');

// The text of the error in an event of connection.status(), if it is one.
export const statusError = (event) =>
  event.type === 'error' && event.error instanceof errors.PermissionViolationError
    ? violation(event.error.subject)
    : undefined;
export const violation = (subject) => `PERMISSIONS_VIOLATION ${subject}`;
