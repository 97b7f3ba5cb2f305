using System.Net;
using System.Net.Sockets;

namespace Realtime.Node.Webhooks.Http;

/// <summary>Connects to an address that was looked at, and not to a name that might mean another one by then.</summary>
internal sealed class GuardedConnect(AddressRules rules, IHostAddresses hosts)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await hosts.FindAsync(host, cancellation).ConfigureAwait(false);
        var allowed = Array.FindAll(found, rules.Allows);
        if (allowed.Length == 0)
        {
            throw new WebhookFaultException(
                WebhookFailure.Address,
                found.Length == 0 ? "the host has no address" : "the host's address is not public, and is not allowed (Realtime:Webhooks:AllowedNetworks)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
