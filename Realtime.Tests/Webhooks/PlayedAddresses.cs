using System.Net;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Tests.Webhooks;

/// <summary>Names that mean what a test says, each time anew.</summary>
internal sealed class PlayedAddresses(Func<string, IPAddress[]> find) : IHostAddresses
{
    public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation) => Task.FromResult(find(host));
}
