/** Credentials of an assumed role (`s3.role_arn`), for everything of AWS that the streamer uses. */
import type { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

/** How the role's sessions are called in CloudTrail. */
const ROLE_SESSION_NAME = 's3-edgedelta-streamer';

type Provider = ReturnType<typeof fromTemporaryCredentials>;

/**
 * As a client takes them: nothing where there is no role, so that the SDK's default chain stays; else sessions of the role, for which the default chain's
 * credentials ask. The SDK renews them before they expire.
 */
export function credentialsOf(roleArn: string | null): { readonly credentials?: Provider } {
  if (roleArn === null) return {};
  let provider: Promise<Provider> | null = null;
  return {
    credentials: async (properties) => {
      provider ??= providerOf(roleArn);
      return (await provider)(properties);
    },
  };
}

/** What assumes roles is loaded only by those who have one. */
async function providerOf(roleArn: string): Promise<Provider> {
  const providers = await import('@aws-sdk/credential-providers');
  return providers.fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME } });
}
