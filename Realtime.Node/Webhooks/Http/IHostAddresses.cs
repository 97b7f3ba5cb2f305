using System.Net;

namespace Realtime.Node.Webhooks.Http;

/// <summary>Finds the addresses of a host by its name.</summary>
internal interface IHostAddresses
{
    Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation);
}
