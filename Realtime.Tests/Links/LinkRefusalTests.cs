using System.Net.Sockets;
using System.Security.Cryptography;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

public sealed class LinkRefusalTests
{
    public static TheoryData<string> Strangers => ["Secret", "Cluster", "Protocol"];

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_node_that_does_not_belong_here_is_refused_with_one_line_on_either_side(string cause)
    {
        var other = cause switch
        {
            "Secret" => LinkNode.Options with { Secret = RandomNumberGenerator.GetBytes(32) },
            "Cluster" => new LinkOptions(Guid.Empty, LinkNode.Secret) { ListenAddress = LinkNode.Options.ListenAddress, RefusedRetry = LinkNode.Options.RefusedRetry },
            _ => LinkNode.Options with { ProtocolMin = 2, ProtocolMax = 3 },
        };
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2, other);
        await using var raw = await RawPeer.DialAsync(a);

        b.Follow(a.Row());
        (await b.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain($"refused for {cause}");
        (await a.Log.Line(LogEvents.LinkRefusedHere)).ShouldContain($"refused for {cause}");

        // The other direction is refused as well, and neither is said again however often it is tried.
        a.Follow(b.Row());
        (await a.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain($"refused for {cause}");
        for (var retry = 0; retry < 3; retry++)
        {
            await using var again = await RawPeer.DialAsync(a);
            var refused = await Should.ThrowAsync<LinkRefusedException>(() => again.ShakeHandsAsync(a, 2, other, "b"));
            $"{refused.Cause}".ShouldBe(cause);
        }

        a.Log.Of(LogEvents.LinkRefusedHere).Count.ShouldBe(1);
        b.Log.Of(LogEvents.LinkRefusedThere).Count.ShouldBe(1);
        a.Calls.Count(b.Incarnation, Calls.Up).ShouldBe(0);
        b.Calls.Count(a.Incarnation, Calls.Up).ShouldBe(0);
    }

    [Fact]
    public async Task A_listener_that_does_not_know_the_secret_is_not_believed()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        a.Follow(a.Row((System.Net.IPEndPoint)listener.LocalEndpoint, 2));
        await using var raw = await RawPeer.AcceptAsync(listener);

        await raw.HearAsync();
        await raw.SendAsync([37, 0, 0, 0, 1, 1, 0, 0, 0, .. new byte[32]]);
        await raw.HearAsync();
        await raw.SendAsync([33, 0, 0, 0, 2, .. new byte[32]]);

        (await a.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain("refused for Secret");
        await raw.ClosedAsync();
    }

    [Fact]
    public async Task A_proof_that_was_recorded_helps_nobody()
    {
        var hello = new LinkHello(1, 1, LinkNode.Cluster, new Incarnation(2), new NodeId("b"), new Incarnation(1), new byte[32]).ToBytes();
        await using var a = await LinkNode.StartAsync("a", 1);
        async Task<(byte[] Challenge, byte[] Last)> TryAsync(byte[]? proof)
        {
            await using var raw = await RawPeer.DialAsync(a);
            await raw.SendAsync([(byte)hello.Length, 0, 0, 0, .. hello]);
            var challenge = (await raw.HearAsync())[1..];
            await raw.SendAsync([32, 0, 0, 0, .. proof ?? LinkProof.Make(LinkNode.Secret, LinkProof.OfDialler, hello, challenge)]);
            return (challenge, await raw.HearAsync());
        }

        // Nobody follows anything here, so a good proof is told that the view is stale, and a bad one that it is bad.
        var (challenge, last) = await TryAsync(null);
        last.ShouldBe([3, (byte)LinkRefusal.NotExpected]);
        (await TryAsync(LinkProof.Make(LinkNode.Secret, LinkProof.OfDialler, hello, challenge))).Last.ShouldBe([3, (byte)LinkRefusal.Secret]);
        (await TryAsync(LinkProof.Make(LinkNode.Secret, LinkProof.OfListener, hello, challenge))).Last.ShouldBe([3, (byte)LinkRefusal.Secret]);
    }

    [Fact]
    public async Task A_node_that_dials_itself_says_so()
    {
        await using var a = await LinkNode.StartAsync("a", 1);

        a.Follow(a.Row(incarnation: 2));

        (await a.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain("refused for Oneself");
        a.Links.IsUp(new Incarnation(2)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stale_view_on_either_side_is_only_a_delay()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2);

        // b has not joined yet in its own eyes, and is expected under another number by a.
        a.Follow(b.Row(incarnation: 5));
        (await a.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain("refused for NotExpected");
        b.Follow(a.Row());
        (await b.Log.Line(LogEvents.LinkRefusedThere)).ShouldContain("refused for NotInView");
        a.Calls.Strangers.ShouldBeEmpty("2 is older than 5, which has been seen: it may be dead");
        a.Follow(b.Row());

        await a.Calls.Times(b.Incarnation, Calls.Up, 1);
        await b.Calls.Times(a.Incarnation, Calls.Up, 1);
    }

    [Fact]
    public async Task A_newcomer_is_made_known_to_the_receiver()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2);
        a.Follow();

        b.Follow(a.Row());

        await a.Calls.Times(b.Incarnation, "stranger", 1);
        a.Follow(b.Row());
        await b.Calls.Times(a.Incarnation, Calls.Up, 1);
    }

    [Fact]
    public void A_secret_that_is_too_short_is_not_begun_with()
    {
        var options = new LinkOptions(LinkNode.Cluster, new byte[15]);

        Should.Throw<ArgumentException>(() => new PeerLinks(
            options, new NodeId("a"), new PlainCodec(), new Calls(), TimeProvider.System, new CollectedLog())).Message.ShouldContain("15 bytes");
    }
}
