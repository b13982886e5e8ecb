/** `--s3 embedded | minio | URL` */
import type { Processes } from '../process/processes.ts';
import { startEmbeddedS3 } from './embedded.ts';
import { useExternalS3 } from './external.ts';
import { startMinio } from './minio.ts';
import type { S3Service } from './service.ts';

export async function startS3(choice: string, processes: Processes, env: NodeJS.ProcessEnv): Promise<S3Service> {
  switch (choice) {
    case 'embedded':
      return startEmbeddedS3(processes);
    case 'minio':
      return startMinio(processes, env);
    default:
      return useExternalS3(processes, choice, env);
  }
}
