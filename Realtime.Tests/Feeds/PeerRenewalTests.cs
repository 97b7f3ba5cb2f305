using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds;

/// <summary>The lists of channels that a hub sends to other nodes, and the rate at which feeds listen anew.</summary>
[Collection(ActorSystems.Name)]
public sealed class PeerRenewalTests() : TestKit(TestHocon.Silent + """akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """), INodeActors
{
    private static readonly Address First = new("akka.tcp", "nodes", "one", 1);
    private static readonly Address Second = new("akka.tcp", "nodes", "two", 2);
    private readonly List<(Address Node, HubMessage.Renew Page)> _pages = [];

    private FeedSetup Setup { get; } = new(new FeedId(new NodeId("n"), new Incarnation(1)), ActorRefs.Nobody, new NamespaceTable([new NamespacePolicy("chat")]));

    [Fact]
    public void Each_node_gets_the_channels_that_run_there_in_pages_far_below_a_frame()
    {
        var renewals = new PeerRenewals(Setup, this, ActorRefs.Nobody);
        var feeds = Feeds(3000, i => i % 3 == 0 ? Second : First);
        renewals.Renew(feeds);

        _pages.ShouldAllBe(sent => sent.Page.Channels.Sum(channel => channel.Channel.Value.Length + 64) <= 32 * 1024);
        _pages.Count.ShouldBeLessThan(25);
        foreach (var node in new[] { First, Second })
        {
            _pages.Where(sent => sent.Node == node).SelectMany(sent => sent.Page.Channels).Select(channel => channel.Attempt)
                .ShouldBe(feeds.Where(feed => feed.IsOwnedBy(node)).Select(feed => feed.Attempt));
        }

        _pages.Select(sent => sent.Page.Page).ShouldBeUnique();
    }

    [Fact]
    public void An_answered_page_breaks_the_silence_of_the_feeds_on_it_and_no_others()
    {
        var renewals = new PeerRenewals(Setup, this, ActorRefs.Nobody);
        var feeds = Feeds(1000, _ => First);
        feeds.ForEach(feed => feed.SilentRenewals = 2);
        renewals.Renew(feeds);
        renewals.OnRenewed(_pages[0].Page.Page);
        var answered = _pages[0].Page.Channels.Select(channel => channel.Attempt).ToHashSet();
        feeds.ShouldAllBe(feed => feed.SilentRenewals == (answered.Contains(feed.Attempt) ? 0 : 2));

        renewals.Renew(feeds);
        renewals.OnRenewed(_pages[1].Page.Page);
        feeds.Count(feed => feed.SilentRenewals == 0).ShouldBe(answered.Count, "an answer to a page of the renewal before is too late");
    }

    [Fact]
    public void Feeds_listen_anew_some_at_a_time_in_less_than_a_second_for_a_hub_s_part_of_two_thousand()
    {
        var hub = CreateTestProbe();
        var queue = new RelistenQueue(Setup.Policy, Sys.Scheduler, hub);
        var feeds = Feeds(130, _ => First);
        feeds.ForEach(queue.Add);
        feeds[5].Attempt = 9999;
        var (clock, listened) = ((TestScheduler)Sys.Scheduler, new List<int>());
        for (var i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            for (; hub.HasMessages; listened.Add(Told()))
            {
                hub.ExpectMsg<FeedMessage.NextListens>();
                queue.Next();
            }
        }

        listened.ShouldBe([20, 20, 20, 20, 20, 20, 9]);
    }

    ICanTell INodeActors.Find(Address node, string name)
    {
        name.ShouldBe(HubMessage.Renewals);
        return new CallbackRef("renewals", (message, _) => _pages.Add((node, (HubMessage.Renew)message)));
    }

    private int Told()
    {
        var told = 0;
        for (; HasMessages; told++)
        {
            ExpectMsg<FeedMessage.ListenAnew>();
        }

        return told;
    }

    private List<HostedFeed> Feeds(int count, Func<int, Address> nodeOf) => [.. Enumerable.Range(1, count).Select(i =>
        new HostedFeed(ChannelName.Parse($"chat:{i}"), new CallbackRef("feed", (message, _) => TestActor.Tell(message)), new ProgressCell())
        {
            Owner = new CallbackRef("owner", (_, _) => { }, isLocal: false, nodeOf(i)), Attempt = i,
        })];
}
