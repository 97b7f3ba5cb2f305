using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>What a relay tells the owners of channels on other nodes of itself.</summary>
public sealed class FeedInterestTests : INodeReceiver, IDisposable
{
    private static readonly Epoch Life = new(77);
    private static readonly SessionId Ann = new(1);

    private readonly RecordingCluster _cluster = new();
    private readonly ManualClock _clock = new();
    private readonly TimerQueue _timers;
    private readonly Relay _relay;
    private readonly FakeLink _link = new();
    private readonly Client _client = new();
    private NodeMessage? _toOwners;

    public FeedInterestTests()
    {
        _timers = new TimerQueue(_clock);
        _relay = new Relay(
            _cluster, new NamespaceTable([new NamespacePolicy("chat") { Presence = true }]), this, _timers, _clock,
            new ConnectionLogging(NullLogger<ConnectionLogging>.Instance));
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task After_a_change_of_owner_it_announces_itself_with_a_higher_number_and_with_whom_it_knows()
    {
        var first = await ListeningAsync();
        _cluster.Clear();
        _cluster.MoveAll();

        var again = await AskedAsync();

        again.Generation.ShouldBeGreaterThan(first.Generation);
        (again.Known!.Revision, again.Known.Members!.Single().Session).ShouldBe((5, Ann));
        first.Known.ShouldBeNull();
    }

    [Fact]
    public async Task News_of_a_life_of_the_log_that_the_owner_does_not_know_make_it_ask_and_are_not_given_out()
    {
        await ListeningAsync();
        _cluster.Clear();
        _relay.OnNews(new ChannelNews.Messages(ChannelRig.Name, new Epoch(66), [new LogMessage(4, ChannelRig.Text("stale"), 0)]));
        await AskedAsync();

        _link.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task News_that_nobody_here_wants_are_refused_once_with_a_number_that_later_announcements_exceed()
    {
        var unwanted = new ChannelNews.Head(ChannelName.Parse("chat:empty"), new StreamPosition(Life, 1));
        _relay.OnNews(unwanted);
        _relay.OnNews(unwanted);
        var refusal = _cluster.Told.ShouldHaveSingleItem().Message.ShouldBeOfType<ChannelRequest.Unlisten>();

        (await ListeningAsync()).Generation.ShouldBeGreaterThan(refusal.Generation);
        _clock.Advance(TimeSpan.FromSeconds(20));
        _relay.OnNews(unwanted);
        _cluster.Told.Count(told => told.Message is ChannelRequest.Unlisten).ShouldBe(2, "the first word may be lost");
    }

    [Fact]
    public async Task Owners_are_told_what_it_listens_to_and_believe_it()
    {
        var listened = await ListeningAsync();
        _cluster.Clear();
        _clock.Advance(TimeSpan.FromSeconds(5));
        var (to, message) = _cluster.ToNodes.ShouldHaveSingleItem();
        var digest = message.ShouldBeOfType<InterestNews.Digest>();
        to.ShouldBe(RecordingCluster.Two);

        var address = EntityAddress.Of(ChannelRig.Name);
        digest.Shards.ShouldBe([new ShardInterest(
            _cluster.View.ShardOf(address), 1, ShardInterest.HashOf(ShardHash.Hash(address), listened.Generation))]);
    }

    [Fact]
    public void Who_listens_to_nothing_says_so()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));

        _cluster.ToNodes.ShouldHaveSingleItem().Message.ShouldBeOfType<InterestNews.Digest>().Shards.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_owner_that_knows_otherwise_is_announced_to_again_and_a_digest_goes_to_the_owners()
    {
        await ListeningAsync();
        _cluster.Clear();
        _relay.OnInterest(new InterestNews.AnnounceAgain([_cluster.View.ShardOf(EntityAddress.Of(ChannelRig.Name))]));
        await AskedAsync();

        var digest = new InterestNews.Digest(RecordingCluster.Two, []);
        _relay.OnInterest(digest);
        _toOwners.ShouldBeSameAs(digest);
    }

    void INodeReceiver.OnNodeMessage(NodeMessage message) => _toOwners = message;

    private async Task<ChannelRequest.Listen> ListeningAsync()
    {
        var outbound = new Outbound(_link, 100_000, _client);
        _relay.Join(new Subscriber(ChannelRig.Name, Ann, true, outbound, _link.Codec, _client) { Wish = StartFrom.Live });
        var listen = await AskedAsync();
        _cluster.Asked.Single().From.Send(new ChannelReply.Listening(
            listen.Generation, new StreamPosition(Life, 3), new PresenceSnapshot([new Member(Ann, null, ChannelRig.Text("here"))], 1, 5)));
        await Deadline.Until(() => _client.Joined is not null, "the subscriber to be in");
        return listen;
    }

    private async Task<ChannelRequest.Listen> AskedAsync()
    {
        await Deadline.Until(() => _cluster.Asked.Count > 0, "the relay to announce itself");
        return _cluster.Asked.Single().Message.ShouldBeOfType<ChannelRequest.Listen>();
    }

    private sealed class Client : ISubscriptionOwner, IOutboundOwner
    {
        public SubscriptionInfo? Joined { get; private set; }

        public void OnJoined(Subscriber subscriber, SubscriptionInfo info) => Joined = info;

        public void OnJoinRefused(Subscriber subscriber, EntityReply.Refused refusal)
        {
        }

        public void OnLeft(Subscriber subscriber)
        {
        }

        public void OnDescribed(Subscriber subscriber, SubscriptionInfo info, long tag)
        {
        }

        public void OnRoom()
        {
        }

        public void OnTooSlow()
        {
        }

        public void OnFlushed(CloseCode code, string reason)
        {
        }

        public void OnSendFailed(Exception failure)
        {
        }
    }
}
