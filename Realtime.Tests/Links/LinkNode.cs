using System.Net;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Links;

/// <summary>The links of one node, listening on loopback, with what they told their receiver and their log.</summary>
internal sealed class LinkNode : IAsyncDisposable
{
    public static readonly Guid Cluster = new("11111111-2222-3333-4444-555555555555");
    public static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    /// <summary>Retries at once and never mistakes a slow machine for a lost peer.</summary>
    public static readonly LinkOptions Options = new(Cluster, Secret)
    {
        ListenAddress = IPAddress.Loopback,
        PingTimeout = TimeSpan.FromMinutes(2),
        FirstRetry = TimeSpan.FromMilliseconds(5),
        LongestRetry = TimeSpan.FromMilliseconds(50),
        RefusedRetry = TimeSpan.FromMilliseconds(20),
    };

    private LinkNode(PeerLinks links, Calls calls, CollectedLog log, string name, Incarnation incarnation, int port)
    {
        (Links, Calls, Log, Name, Incarnation, Port) = (links, calls, log, name, incarnation, port);
    }

    public PeerLinks Links { get; }

    public Calls Calls { get; }

    public CollectedLog Log { get; }

    public string Name { get; }

    public Incarnation Incarnation { get; }

    public int Port { get; }

    public IPEndPoint Endpoint => new(IPAddress.Loopback, Port);

    public static async Task<LinkNode> StartAsync(string name, long incarnation, LinkOptions? options = null, PlainCodec? codec = null, TimeProvider? time = null)
    {
        var (calls, log) = (new Calls(), new CollectedLog());
        var links = new PeerLinks(options ?? Options, new NodeId(name), codec ?? new PlainCodec(), calls, time ?? TimeProvider.System, log);
        return new LinkNode(links, calls, log, name, new Incarnation(incarnation), await links.ListenAsync());
    }

    /// <summary>Two nodes that know each other, with the link up at both.</summary>
    public static async Task<(LinkNode A, LinkNode B)> PairAsync(LinkOptions? options = null, PlainCodec? codec = null)
    {
        var a = await StartAsync("a", 1, options, codec);
        var b = await StartAsync("b", 2, options, codec);
        a.Follow(b.Row());
        b.Follow(a.Row());
        await a.Calls.Times(b.Incarnation, Calls.Up, 1);
        await b.Calls.Times(a.Incarnation, Calls.Up, 1);
        return (a, b);
    }

    /// <summary>As the store would show it.</summary>
    /// <param name="at">Where others are to dial it, when that is not where it listens.</param>
    public NodeRow Row(IPEndPoint? at = null, long? incarnation = null) => new(
        new Incarnation(incarnation ?? Incarnation.Value),
        new NodeProfile(new NodeId(Name), default, $"{at ?? Endpoint}", null, null, 1, 1), NodeStatus.Active, 0, 0);

    public void Follow(params NodeRow[] others) => Links.Follow(Incarnation, [Row(), .. others]);

    /// <summary>Ends it, and looks whether anything of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await Links.DisposeAsync();
        Links.Streams.ShouldBe(0);
        Links.Serving.ShouldBe(0);
        Calls.Faults.ShouldBeEmpty();
    }
}
