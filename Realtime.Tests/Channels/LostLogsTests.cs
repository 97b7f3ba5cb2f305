using Akka.Actor;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Cluster;
using Realtime.Node.Telemetry;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>Logs of memory channels that are lost on the way from one owner to the next are counted, and told of once.</summary>
[Collection(ActorSystems.Name)]
public sealed class LostLogsTests() : TestKit(TestHocon.Silent)
{
    private static readonly Address Node = new("akka.tcp", "realtime", "n1", 1);
    private static readonly Address Other = new("akka.tcp", "realtime", "n2", 1);
    private readonly ManualClock _clock = new();
    private readonly CollectedLog _log = new();
    private readonly StripedCounter _counter = new();

    [Fact]
    public void All_logs_that_are_lost_with_a_node_are_one_line_and_the_next_loss_is_another()
    {
        var lost = Lost();
        for (var i = 0; i < 500; i++)
        {
            lost.With(Node);
        }

        lost.With(Other);
        _log.Of(LogEvents.MemoryLogsLost).Select(line => line.Values["Node"]).ShouldBe([Node, Other]);
        _clock.Advance(LostLogs.Silence);
        lost.With(Node);

        _log.Of(LogEvents.MemoryLogsLost).Count.ShouldBe(3);
        _counter.Value.ShouldBe(502);
    }

    [Fact]
    public void A_node_that_leaves_says_how_many_no_other_one_has_taken()
    {
        Lost().Left(0);
        _log.Lines.ShouldBeEmpty();

        Lost().Left(7);

        _log.Of(LogEvents.MemoryLogsLeft).ShouldHaveSingleItem().Values["Count"].ShouldBe(7);
        _counter.Value.ShouldBe(7);
    }

    [Fact]
    public async Task An_owner_whose_log_is_lost_with_its_keeper_counts_it()
    {
        var nodes = new Nodes { Sources = [((ExtendedActorSystem)Sys).Provider.DefaultAddress] };
        Sys.ActorOf(Props.Create(() => new HalfKeeper(TestActor)), NodePlaces.ChannelKeeper);
        Sys.ActorOf(LogPullActor.PropsOf(ChannelName.Parse("mem:room"), new ChannelKeepers(new KeptLogs(), ActorRefs.Nobody, nodes, Lost())));
        await ExpectMsgAsync<KeeperMessage.Read>(TimeSpan.FromSeconds(30), cancellationToken: TestContext.Current.CancellationToken);
        _counter.Value.ShouldBe(0);

        nodes.Sources = [];

        await Soon.IsTrueAsync(() => _log.Of(LogEvents.MemoryLogsLost).Count == 1, "the line of the loss");
        _counter.Value.ShouldBe(1);
    }

    private LostLogs Lost() => new(_log.CreateLogger<LostLogs>(), _counter, _clock);

    /// <summary>Has a log of two messages and gives the first one only.</summary>
    private sealed class HalfKeeper(IActorRef test) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is KeeperMessage.Read { After: null } read)
            {
                Sender.Tell(new KeeperMessage.Page(
                    read.Channel, read.Attempt, new KeptBounds(new Epoch(5), 2, 1, 0, 0), 0, [], [new LogMessage(1, new Payload("1"u8.ToArray()), 0)]));
            }
            else if (message is KeeperMessage.Read half)
            {
                // The page has come.
                test.Tell(half);
            }
        }
    }

    private sealed class Nodes : IKeeperNodes
    {
        public IReadOnlyList<Address> Sources { get; set; } = [];

        public IReadOnlyList<Address> Successors => [];
    }
}
