using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Links;

public sealed class LinkPairTests
{
    private static readonly Incarnation Peer = new(2);
    private readonly Calls _calls = new();
    private readonly LinkPair _pair;

    public LinkPairTests() => _pair = new LinkPair(new NodeId("b"), Peer, _calls, new LinkLog(new CollectedLog().CreateLogger<PeerLinks>()));

    [Fact]
    public void A_link_is_up_only_when_the_peer_has_said_that_its_side_stands()
    {
        var (dialled, accepted) = (Stream(), Stream());
        _pair.TryAccept(accepted, out _).ShouldBeTrue();
        _pair.Stand(dialled, new LinkQueue(1024)).ShouldBeTrue();

        // The peer has shaken hands and may still find that it is too late: what was sent now might never be read by anybody.
        _pair.Queue.ShouldBeNull();
        _pair.Deliver(accepted, new LinkFrame.ViewChanged(1)).ShouldBeFalse("a frame before the first ping");
        _calls.Count(Peer, Calls.Up).ShouldBe(0);

        _pair.Deliver(accepted, null).ShouldBeTrue();
        _pair.Queue.ShouldNotBeNull();
        _calls.Count(Peer, Calls.Up).ShouldBe(1);
        _pair.Deliver(accepted, new LinkFrame.ViewChanged(1)).ShouldBeTrue();
        _calls.Frames(Peer).ShouldBe([new LinkFrame.ViewChanged(1)]);
    }

    [Fact]
    public void A_peer_that_stands_first_waits_for_this_side()
    {
        var accepted = Stream();
        _pair.TryAccept(accepted, out _).ShouldBeTrue();
        _pair.Deliver(accepted, null).ShouldBeTrue();
        _pair.Queue.ShouldBeNull();

        _pair.Stand(Stream(), new LinkQueue(1024)).ShouldBeTrue();
        _pair.Queue.ShouldNotBeNull();
        _calls.Count(Peer, Calls.Up).ShouldBe(1);
    }

    private static LinkStream Stream()
    {
        var pipe = new Pipe();
        return new LinkStream(new DefaultConnectionContext("test", new Ends(pipe), new Ends(pipe)), TimeProvider.System, () => { });
    }

    private sealed class Ends(Pipe pipe) : IDuplexPipe
    {
        public PipeReader Input => pipe.Reader;

        public PipeWriter Output => pipe.Writer;
    }
}
