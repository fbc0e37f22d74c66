/** The TCP step: does the three-way handshake finish? */
import { connect } from 'node:net';
import { FAILURE } from '../failure.ts';
import type { Limits, TcpResult } from '../network.ts';
import { bounded } from './bounded.ts';
import { failureOf } from './failure.ts';
import type { LineOptions } from './line.ts';
import { sourceFor } from './line.ts';
import type { NetworkOptions } from './options.ts';
import { formatEndpoint, SocketConnection } from './socket-connection.ts';

export async function connectTcp(
  endpoint: { readonly address: string; readonly port: number },
  limits: Limits,
  options: LineOptions & Pick<NetworkOptions, 'route'>,
): Promise<TcpResult> {
  const target = options.route?.(endpoint.address, endpoint.port, 'tcp') ?? endpoint;
  const localAddress = sourceFor(target.address, options);
  if (localAddress === null) return { failure: FAILURE.networkUnreachable, connection: null };
  return bounded<TcpResult>(
    limits,
    (settle) => {
      let isHandedOver = false;
      const socket = connect({
        host: target.address,
        port: target.port,
        noDelay: true,
        autoSelectFamily: false,
        ...(localAddress === undefined ? {} : { localAddress }),
      });
      socket.once('error', (error) => {
        settle({ failure: failureOf(error), connection: null });
      });
      socket.once('connect', () => {
        isHandedOver = true;
        socket.removeAllListeners('error');
        const address = formatEndpoint(endpoint.address, endpoint.port);
        settle({ failure: null, connection: new SocketConnection(address, socket, socket) });
      });
      return () => {
        if (isHandedOver) return;
        socket.on('error', () => undefined);
        socket.destroy();
      };
    },
    (failure) => ({ failure, connection: null }),
  );
}
