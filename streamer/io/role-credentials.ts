/** Credentials of an assumed role (`s3.role_arn`), for everything of AWS that the streamer uses. */
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

/** How the role's sessions are called in CloudTrail. */
const ROLE_SESSION_NAME = 's3-edgedelta-streamer';

/**
 * As a client takes them: nothing where there is no role, so that the SDK's default chain stays; else sessions of the role, for which the default chain's
 * credentials ask. The SDK renews them before they expire.
 */
export function credentialsOf(roleArn: string | null) {
  if (roleArn === null) return {};
  return {
    credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME } }),
  };
}
