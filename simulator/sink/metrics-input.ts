/** Where the mock EdgeDelta takes metrics: OTLP/gRPC, as a real agent does. */
import type { ReceivedMetrics } from './api.ts';

export interface MetricsInput {
  /** host:port */
  readonly address: string;
  /** The last that each sender said. */
  latest(): readonly ReceivedMetrics[];
  close(): void;
}

export async function openMetricsInput(): Promise<MetricsInput> {
  // Loaded only where it is wanted: with it comes all of the streamer.
  const { OtlpReceiver } = await import('#streamer');
  const receiver = await OtlpReceiver.start();
  return {
    address: receiver.address,
    latest: () =>
      Array.from(receiver.latest, ([instance, { metrics }]) => ({
        instance,
        points: [...metrics].flatMap(([name, { points }]) => points.map(({ value }) => ({ name, value }))),
      })),
    close: () => receiver.close(),
  };
}
