using System.Collections.Immutable;

namespace Realtime.Node.Auth;

/// <summary>
/// The origins of the pages that the nodes of a cluster serve, by the addresses where clients reach these nodes. One that was heard stays: the page of a node that has gone is
/// what connects to the others.
/// </summary>
public sealed class NodeOrigins
{
    /// <summary>Addresses that are remembered; beyond them only the ones there are now.</summary>
    private const int Most = 1_000;

    /// <summary>Names of this machine for itself: a page is opened by any of them.</summary>
    private static readonly ImmutableArray<string> Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly Lock _gate = new();
    private volatile Known _known = new([], []);

    /// <param name="clientUrls">Where clients reach nodes, as <c>wss://node-1.example.com</c>; what is no such address is passed over.</param>
    public void Hear(IEnumerable<string?> clientUrls)
    {
        List<string> now = [.. clientUrls.OfType<string>()];
        lock (_gate)
        {
            var (urls, origins) = (_known.Urls, _known.Origins);
            if (now.TrueForAll(urls.Contains))
            {
                return;
            }

            if (urls.Count + now.Count > Most)
            {
                (urls, origins) = ([], []);
            }

            _known = new Known(urls.Union(now), origins.Union(now.SelectMany(Of)));
        }
    }

    public bool Knows(WebOrigin page) => _known.Origins.Contains(page);

    private static IEnumerable<WebOrigin> Of(string clientUrl)
    {
        if (!Uri.TryCreate(clientUrl, UriKind.Absolute, out var url) || url.Scheme is not ("ws" or "wss"))
        {
            yield break;
        }

        foreach (var host in url.IsLoopback ? Loopback : [url.Host])
        {
            if (WebOrigin.TryParse($"{(url.Scheme == "wss" ? "https" : "http")}://{host}:{url.Port}", out var origin))
            {
                yield return origin;
            }
        }
    }

    private sealed record Known(ImmutableHashSet<string> Urls, ImmutableHashSet<WebOrigin> Origins);
}
