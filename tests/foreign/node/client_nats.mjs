// The npm client `nats` (version 2) in the words of the suite.
import { connect as connectTo, credsAuthenticator, ErrorCode, headers } from 'nats';

export const name = 'nats';
export { credsAuthenticator, headers };
export const connect = (options) => connectTo(options);

export const isNoResponders = (error) => error.code === ErrorCode.NoResponders;
export const isPermissionViolation = (error) => error.code === ErrorCode.PermissionsViolation;
export const isAuthorizationViolation = (error) => error.code === ErrorCode.AuthorizationViolation;
export const isTooLarge = (error) => error.code === ErrorCode.MaxPayloadExceeded;

// The text of the error in an event of connection.status(), if it is one.
export const statusError = (event) =>
  event.type === 'error' ? `${event.data} ${event.permissionContext?.subject ?? ''}` : undefined;
export const violation = (subject) => `PERMISSIONS_VIOLATION ${subject}`;
