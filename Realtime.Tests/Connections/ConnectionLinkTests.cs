using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;

namespace Realtime.Tests.Connections;

/// <summary>What a connection's parent sees of its traffic.</summary>
public sealed class ConnectionLinkTests
{
    [Fact]
    public void What_is_new_since_the_last_look_happened_after_it()
    {
        var link = new ConnectionLink(new ConnectionId(1), new FakeLink(), 1_000, 5_000,
            new ConnectionLogging(NullLogger<ConnectionLogging>.Instance));
        link.TrySend(new ServerFrame.Ping());
        link.Look(6_000).ShouldBe(link.Outbound.SentBytes);
        Seen().ShouldBe((5_000, 5_000));

        link.Hear(3);
        link.Look(7_000).ShouldBe(0);
        Seen().ShouldBe((5_000, 6_000));

        link.Look(9_000);
        Seen().ShouldBe((5_000, 6_000));

        (long, long) Seen() => link.Measure() is var seen ? (seen.SentAt, seen.ReceivedAt) : default;
    }
}
