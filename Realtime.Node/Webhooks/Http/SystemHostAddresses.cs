using System.Net;

namespace Realtime.Node.Webhooks.Http;

/// <summary>As the operating system finds them.</summary>
internal sealed class SystemHostAddresses : IHostAddresses
{
    public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation) => Dns.GetHostAddressesAsync(host, cancellation);
}
