using Realtime.Client.Core;

namespace Realtime.Client.Links;

/// <summary>
/// Says with each handshake that the client comes back, when it does: a node that is short of room lets those in before newcomers. The proof, the
/// resume token, goes in the first frame and never in an address.
/// </summary>
internal sealed class ReturningConnector(ILinkConnector inner, Func<string?> session) : ILinkConnector
{
    public Task<ILink> OpenAsync(Uri url, CancellationToken cancellation) =>
        inner.OpenAsync(session() is null ? url : Query.With(url, "resume", "1"), cancellation);
}
